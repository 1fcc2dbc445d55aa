import type { AttemptWriteResult, CleanUp } from '../../store/attempt-store.ts';
import { Slots } from '../slots.ts';
import type { TermContext, Watcher, WatcherRun } from '../watcher.ts';

const pageSize = 100;
const removalsAtOnce = 8;
const shortestRestMs = 30_000;
const longestRestMs = 60 * 60_000;

/**
 * Deletes the Jobs of attempts that ended long enough ago, with their pods.
 *
 * Only what became of them is stored by then: state, exit code and log. The intent is committed before, as of every
 * deletion; the rows of the tasks are not written.
 */
export function createCleanUp(): Watcher {
  return {
    name: 'clean-up',
    schedule: '@every 5s',
    begin: (context, wake) => new CleanUpRun(context, wake),
  };
}

class CleanUpRun implements WatcherRun {
  readonly #context: TermContext;
  readonly #wake: () => void;
  readonly #slots = new Slots(removalsAtOnce);

  constructor(context: TermContext, wake: () => void) {
    this.#context = context;
    this.#wake = wake;
  }

  async run(): Promise<void> {
    const { store, term } = this.#context;
    if (!term.canAct()) return;
    const due = await store.listCleanUps(pageSize);
    const { intended = [], fresh = [] } = Object.groupBy(due, ({ isIntended }) => (isIntended ? 'intended' : 'fresh'));
    await Promise.all(intended.map((cleanUp) => this.#slots.take(() => this.#remove(cleanUp), term.ended)));
    await this.#intend(fresh);
    // What was only intended now, its row says when it is read again.
    if (fresh.length > 0 || due.length === pageSize) this.#wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #intend(cleanUps: readonly CleanUp[]): Promise<void> {
    const { store, term } = this.#context;
    if (cleanUps.length === 0 || !term.canAct()) return;
    const rows = await store.readIdentities([...new Set(cleanUps.map(({ taskId }) => taskId))]);
    // An end that was kept, and not written to its row before a crash: whoever leads writes it again.
    const open = new Set(rows.flatMap(({ isOpen, attemptId }) => (isOpen ? [attemptId] : [])));
    const { ended = [], early = [] } = Object.groupBy(cleanUps, ({ attemptId }) =>
      open.has(attemptId) ? 'early' : 'ended',
    );
    const ids = ended.map(({ attemptId }) => attemptId);
    if (this.#note(await store.intendCleanUp(term.epoch, ids)) === 'fenced') return;
    for (const { attemptId } of early) this.#note(await store.postponeCleanUp(term.epoch, attemptId, shortestRestMs));
  }

  async #remove(cleanUp: CleanUp): Promise<void> {
    const { store, executor, term, log } = this.#context;
    const { attemptId, taskId, namespace, jobName: name, jobUid: uid } = cleanUp;
    if (!term.canAct() || term.draining.aborted) return;
    const outcome = uid === undefined ? undefined : await executor.remove({ namespace, name, uid }, term.ended);
    if (!term.canAct()) return;
    if (outcome?.result === 'unknown') {
      log.warn({ task: taskId, namespace, job: name, detail: outcome.detail }, 'an ended job cannot be deleted yet');
      // The older, the seldomer: where a right is missing there may be thousands.
      const restMs = Math.min(Math.max(shortestRestMs, cleanUp.sinceEndMs / 4), longestRestMs) * (1 + Math.random());
      this.#note(await store.postponeCleanUp(term.epoch, attemptId, restMs));
      return;
    }
    log.debug({ task: taskId, namespace, job: name, uid }, 'deleted an ended job');
    // That it has changed can only mean that the name is another Job's by now.
    this.#note(await store.confirmCleanUp(term.epoch, [attemptId]));
  }

  #note(result: AttemptWriteResult): AttemptWriteResult {
    if (result === 'fenced') this.#context.term.end('the database has a newer epoch');
    return result;
  }
}
