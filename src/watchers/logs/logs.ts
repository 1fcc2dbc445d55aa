import type { PodsOutcome } from '../../executors/executor.ts';
import type { EndedAttempt } from '../../store/attempt-store.ts';
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
    const { store, recorder, term } = this.#context;
    if (!term.canAct()) return;
    const page = await store.listLogsDue(pageSize);
    // What was read and is being written is still due.
    const due = page.filter(({ attemptId }) => !recorder.logs.isPending(attemptId));
    const namespaces = Map.groupBy(due, ({ namespace }) => namespace);
    await Promise.all([...namespaces].map(([namespace, attempts]) => this.#keepAll(namespace, attempts)));
    if (page.length === pageSize && due.length > 0) this.#wake();
  }

  async #keepAll(namespace: string, attempts: readonly EndedAttempt[]): Promise<void> {
    const { logs, term, log } = this.#context;
    const keep = async (attempt: EndedAttempt, listed: PodsOutcome) => {
      if (term.draining.aborted) return;
      try {
        await logs.keep(attempt, listed);
      } catch (error) {
        // The failure of one is its own: it is still due.
        if (!term.ended.aborted) log.warn({ err: error, task: attempt.taskId }, 'a log could not be stored');
      }
    };
    const listed = await this.#slots.take(() => logs.listPods(namespace, attempts), term.ended);
    await Promise.all(attempts.map((attempt) => this.#slots.take(() => keep(attempt, listed), term.ended)));
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
