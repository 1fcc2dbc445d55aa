import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { dyingWithParent } from './parent-death.ts';

const shownOutputLines = 30;

export interface RunOptions {
  /** 60 000 unless told. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Return what a failed command has written instead of throwing. */
  readonly acceptFailure?: boolean;
}

/** A command that failed: the message names it and ends with the last lines of what it wrote. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Runs a program to its end and returns its standard output. Throws a CommandError when it fails or takes too long. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ readonly stdout: string }> {
  const { timeoutMs = 60_000, acceptFailure = false } = options;
  const line = dyingWithParent({ command, args });
  const child = spawn(line.command, line.args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`)));
  });
  const [fault, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (fault === undefined || acceptFailure) return { stdout };
  const written = `${stdout}${stderr}`.trimEnd().split('\n').slice(-shownOutputLines).join('\n');
  throw new CommandError(`${command} ${args.join(' ')}: ${fault} (at most ${timeoutMs} ms)\n${written}`);
}
