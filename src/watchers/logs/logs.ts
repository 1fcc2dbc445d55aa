import { Slots } from '../slots.ts';
import type { TermContext, Watcher, WatcherRun } from '../watcher.ts';

const pageSize = 64;
const readsAtOnce = 8;

/** Stores the logs of attempts that have ended, before anything of theirs is deleted. */
export function createLogs(): Watcher {
  return {
    name: 'logs',
    schedule: '@every 500ms',
    begin: (context, wake) => new LogsRun(context, wake),
  };
}

class LogsRun implements WatcherRun {
  readonly #context: TermContext;
  readonly #wake: () => void;
  readonly #slots = new Slots(readsAtOnce);

  constructor(context: TermContext, wake: () => void) {
    this.#context = context;
    this.#wake = wake;
  }

  async run(): Promise<void> {
    const { store, logs, recorder, term, log } = this.#context;
    if (!term.canAct()) return;
    const page = await store.listLogsDue(pageSize);
    // What was read and is being written is still due.
    const due = page.filter(({ attemptId }) => !recorder.logs.isPending(attemptId));
    const keep = async (attempt: (typeof due)[number]) => {
      if (term.draining.aborted) return;
      try {
        await logs.keep(attempt);
      } catch (error) {
        // The failure of one is its own: it is still due.
        if (!term.ended.aborted) log.warn({ err: error, task: attempt.taskId }, 'a log could not be stored');
      }
    };
    await Promise.all(due.map((attempt) => this.#slots.take(() => keep(attempt), term.ended)));
    if (page.length === pageSize && due.length > 0) this.#wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
