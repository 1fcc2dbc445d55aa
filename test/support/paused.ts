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

/** A lease that outlasts a pause of a second or two, in the proportions of the default. */
export const patientLease = {
  NIGHTWATCH_LEASE_TTL: '15s',
  NIGHTWATCH_LEASE_RENEW: '1s',
  NIGHTWATCH_LEASE_WORK: '10s',
  NIGHTWATCH_LEASE_HARD: '14s',
  NIGHTWATCH_REDIS_TIMEOUT: '500ms',
} as const;
