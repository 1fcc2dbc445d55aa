/** Names the environment variable that says what SIGUSR2 does to a process. */
export const onSignalVariable = 'NIGHTWATCH_TEST_ON_SIGUSR2';

/** What a process does to itself when it is told to; the machine's own clock is never touched. */
export type SignalledFault = `block ${number}ms` | `clock ${number}ms` | 'reject';

/** Does what the environment says at each SIGUSR2. */
export function obeySignal(): void {
  const fault = process.env[onSignalVariable];
  if (fault === undefined) return;
  const action = actionOf(fault);
  process.on('SIGUSR2', action);
}

function actionOf(fault: string): () => void {
  const [, word, count] = /^(?:(block|clock) (-?\d+)ms|reject)$/.exec(fault) ?? [];
  if (word === 'block') return () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(count));
  if (word === 'clock') return () => moveClock(Number(count));
  if (fault === 'reject') return () => void Promise.reject(new Error('a rejection that nobody handles'));
  throw new Error(`'${fault}' is no fault of a process`);
}

/** The wall clock as this process sees it jumps; timers and the monotonic clock go on, as on a real machine. */
function moveClock(byMs: number): void {
  const real = globalThis.Date;
  globalThis.Date = class extends real {
    constructor(...given: readonly []) {
      if (given.length > 0) super(...given);
      else super(real.now() + byMs);
    }

    static override now(): number {
      return real.now() + byMs;
    }
  } as DateConstructor;
}
