import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program and its arguments, as `spawn` takes them. */
export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
}

// The shell looks whether the parent is still the same once the signal is armed: a parent that died in between would
// never be noticed. Both programs exec the next, so the pid stays that of the spawned child.
const startUnlessOrphaned = '[ "$PPID" = "$0" ] && exec "$@"';

/**
 * Rewrites a command line so that the kernel kills the program when this process dies, however it dies.
 * The setting is lost when the program changes its user. Without util-linux's `setpriv` the command stays as it is.
 */
export function dyingWithParent(line: CommandLine): CommandLine {
  if (!isOnPath('setpriv')) return line;
  const guard = ['--pdeathsig', 'KILL', '--', 'sh', '-c', startUnlessOrphaned, String(process.pid)];
  return { command: 'setpriv', args: [...guard, line.command, ...line.args] };
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: either way it cannot be used.
    return false;
  }
}
