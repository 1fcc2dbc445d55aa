import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { atAbruptEnd } from './abrupt-end.ts';
import { dyingWithParent } from './parent-death.ts';
import { type ServerLog, viewLogFromHere } from './server-log.ts';

const pollIntervalMs = 10;
const shownLogLines = 30;

/** A server that runs as a child of this process and does not outlive it. */
export interface ServerProcess extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  /** By the wall clock, just before it was started: nothing that it did can have been earlier. */
  readonly startedAtMs: number;
  /** Resolves when the process is gone, for whatever reason; never rejects. */
  readonly exited: Promise<void>;
  /** Also while it is paused. */
  readonly isRunning: boolean;
  /** What it exited with; undefined while it runs, and when a signal has killed it. */
  readonly exitCode: number | undefined;
  /** Sends any signal, also SIGSTOP and SIGCONT; does nothing when the process is gone. */
  kill(signal: NodeJS.Signals): void;
  /** Ends it by its stop signal, then by SIGKILL; resolves when the pid is gone. May be called again. */
  stop(): Promise<void>;
}

export interface ServerProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Receives standard output and standard error, appended to what is there. */
  readonly logFile: string;
  /** A probe that rejects counts as not ready yet. */
  readonly ready: { readonly logLine: RegExp } | { readonly probe: (signal: AbortSignal) => Promise<boolean> };
  /** 30 000 unless told. */
  readonly readyTimeoutMs?: number;
  /** SIGTERM unless told. */
  readonly stopSignal?: NodeJS.Signals;
  /** 5000 unless told. */
  readonly killAfterMs?: number;
}

/** A server that did not start: the message names it and ends with the last lines of its log. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
}

/**
 * Starts a server and waits until it is ready.
 * It runs in a process group of its own, so a terminal's Ctrl-C reaches only the parent, which stops its servers in
 * order. It does not keep this process alive. Throws a ServerStartError when it ends early or is not ready in time.
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const log = await viewLogFromHere(options.logFile);
  await using output = await open(options.logFile, 'a');
  const startedAtMs = Date.now();
  const child = spawnServer(options, output);
  // Before anything is awaited: an exit that nobody listens to yet is never told again.
  const server = await superviseChild(child, options, startedAtMs);
  try {
    await untilReady(options, server, child, log);
  } catch (error) {
    killGroup(child);
    await server.exited;
    throw new ServerStartError(await describeFault(options, error, log), { cause: error });
  }
  child.unref();
  return server;
}

function spawnServer(options: ServerProcessOptions, output: FileHandle): ChildProcess {
  const { command, args } = dyingWithParent(options);
  const env = { ...process.env, ...options.env };
  return spawn(command, args, { detached: true, env, stdio: ['ignore', output.fd, output.fd] });
}

async function superviseChild(
  child: ChildProcess,
  options: ServerProcessOptions,
  startedAtMs: number,
): Promise<ServerProcess> {
  const { stopSignal = 'SIGTERM', killAfterMs = 5000 } = options;
  const abruptEnd = atAbruptEnd(() => killGroup(child));
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      abruptEnd[Symbol.dispose]();
      resolve();
    });
  });
  const pid = await pidOf(child, options);
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= endProcess(child, exited, stopSignal, killAfterMs);
    return stopped;
  };
  const kill = (signal: NodeJS.Signals) => void child.kill(signal);
  return {
    name: options.name,
    pid,
    startedAtMs,
    exited,
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    get exitCode() {
      return child.exitCode ?? undefined;
    },
    kill,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function pidOf(child: ChildProcess, { name, command }: ServerProcessOptions): Promise<number> {
  try {
    await once(child, 'spawn');
    if (child.pid !== undefined) return child.pid;
  } catch (cause) {
    throw new ServerStartError(`${name} cannot be run: ${command}`, { cause });
  }
  throw new ServerStartError(`${name} has no process id`);
}

async function endProcess(
  child: ChildProcess,
  exited: Promise<void>,
  stopSignal: NodeJS.Signals,
  killAfterMs: number,
): Promise<void> {
  child.ref();
  child.kill(stopSignal);
  // A paused process would never see the signal.
  child.kill('SIGCONT');
  const timer = setTimeout(() => killGroup(child), killAfterMs);
  await exited;
  clearTimeout(timer);
}

/** Takes what the server itself has started along. */
function killGroup(child: ChildProcess): void {
  const isRunning = child.exitCode === null && child.signalCode === null;
  // Only while it runs does the group's id surely belong to it.
  if (isRunning && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}

async function untilReady(
  options: ServerProcessOptions,
  server: ServerProcess,
  child: ChildProcess,
  log: ServerLog,
): Promise<void> {
  const { readyTimeoutMs = 30_000 } = options;
  using waiting = endOfWaiting(server, child, readyTimeoutMs);
  const isReady = 'logLine' in options.ready ? lineIsIn(log, options.ready.logLine) : options.ready.probe;
  let lastFault: unknown;
  while (!waiting.signal.aborted) {
    try {
      if (await Promise.race([isReady(waiting.signal), waiting.ended])) return;
    } catch (error) {
      // A server that is still starting refuses connections; the last refusal is worth knowing if it stays so.
      lastFault = error;
    }
    await Promise.race([delay(pollIntervalMs), waiting.ended]);
  }
  throw new Error(String(waiting.signal.reason), { cause: lastFault });
}

/** Why the waiting for a server ends without success: it exited, or its time is over. */
function endOfWaiting(server: ServerProcess, child: ChildProcess, readyTimeoutMs: number) {
  const controller = new AbortController();
  const { promise: ended, resolve } = Promise.withResolvers<false>();
  const end = (reason: string) => {
    controller.abort(reason);
    resolve(false);
  };
  const timer = setTimeout(() => end(`it was not ready after ${readyTimeoutMs} ms`), readyTimeoutMs);
  void server.exited.then(() => end(`it ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`));
  return { signal: controller.signal, ended, [Symbol.dispose]: () => clearTimeout(timer) };
}

function lineIsIn(log: ServerLog, logLine: RegExp): () => Promise<boolean> {
  return async () => logLine.test(await log.read());
}

async function describeFault(options: ServerProcessOptions, error: unknown, log: ServerLog): Promise<string> {
  const reason = error instanceof Error ? error.message : String(error);
  const lines = await log.lastLines(shownLogLines);
  return `${options.name} did not start: ${reason}\n--- the last lines of ${log.file}\n${lines}`;
}
