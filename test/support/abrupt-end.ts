const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies readonly NodeJS.Signals[];
type EndingSignal = (typeof signals)[number];

const actions = new Set<() => void>();
let isRegistered = false;

/**
 * Runs a synchronous action if this process ends before the returned handle is disposed.
 * Latest first, so that a server dies before the directory it writes to is removed. Covers an ordinary exit, SIGINT,
 * SIGTERM and SIGHUP; nothing can cover SIGKILL.
 */
export function atAbruptEnd(action: () => void): Disposable {
  register();
  // A function may be given twice; each registration is its own.
  const own = () => action();
  actions.add(own);
  return {
    [Symbol.dispose]: () => {
      actions.delete(own);
    },
  };
}

function register(): void {
  if (isRegistered) return;
  isRegistered = true;
  process.on('exit', runActions);
  for (const signal of signals) process.on(signal, dieBySignal);
}

function dieBySignal(signal: EndingSignal): void {
  // Whoever else listens to this signal has its own way to stop things in order; the exit it leads to cleans the rest.
  if (process.listenerCount(signal) > 1) return;
  runActions();
  process.removeListener(signal, dieBySignal);
  process.kill(process.pid, signal);
}

function runActions(): void {
  for (const action of [...actions].reverse()) {
    try {
      action();
    } catch (error) {
      // The process is ending: one failed clean-up must not keep the others from running.
      process.stderr.write(`clean-up at the end of the process failed: ${String(error)}\n`);
    }
  }
  actions.clear();
}
