import { readFile } from 'node:fs/promises';
import { type ServerProcess, type ServerProcessOptions, startServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

/**
 * Starts a server by a program that enters namespaces: such a program stays, as the parent of the server itself.
 * Signals go to the server; it ends the other with it.
 */
export async function insideServer(options: ServerProcessOptions): Promise<ServerProcess> {
  const { stopSignal = 'SIGTERM', killAfterMs = 5000 } = options;
  const outer = await startServerProcess(options);
  const pid = await childOf(outer.pid);
  const kill = (signal: NodeJS.Signals) => {
    if (outer.isRunning) killUnlessGone(pid, signal);
    // It was stopped together with the server.
    if (signal === 'SIGCONT') outer.kill(signal);
  };
  const stop = async () => {
    kill(stopSignal);
    kill('SIGCONT');
    const timer = setTimeout(() => kill('SIGKILL'), killAfterMs);
    await outer.exited;
    clearTimeout(timer);
  };
  return {
    name: outer.name,
    pid,
    startedAtMs: outer.startedAtMs,
    exited: outer.exited,
    get isRunning() {
      return outer.isRunning;
    },
    get exitCode() {
      return outer.exitCode;
    },
    kill,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** It may have ended a moment ago, and its parent not yet. */
function killUnlessGone(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The one child of a process, which it may not have made yet. */
function childOf(pid: number): Promise<number> {
  return until(`process ${pid} has a child`, async () => {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const [child] = children.trim().split(' ');
    if (!child) throw new Error('it has none');
    return Number(child);
  });
}
