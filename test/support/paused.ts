/** A process that can be stopped and continued by signals. */
export interface Pausable {
  kill(signal: NodeJS.Signals): void;
}

/** Runs an action while a process is paused, and lets the process go on, whatever the action came to. */
export async function whilePaused<Value>(process: Pausable, action: () => Promise<Value>): Promise<Value> {
  process.kill('SIGSTOP');
  try {
    return await action();
  } finally {
    process.kill('SIGCONT');
  }
}
