import { growLittle } from '../../heap-growth.ts';
import type { OpenAttempt } from '../../task/task.ts';
import { type FollowedAttempt, isFormerSystemsWord } from '../open-attempts.ts';
import { restoreStatus } from '../restore-status.ts';
import type { TermContext, Watcher, WatcherRun } from '../watcher.ts';
import { tellUnreachable, type UnreachableOptions } from './unreachable.ts';

const pageSize = 500;

/**
 * Compares all open rows with what this term follows.
 *
 * What users wrote over an open attempt is put back, what is open and not followed is taken up, and attempts whose row
 * has gone are let go: their Jobs are kept, for a restored database must not kill work.
 */
export function createResync(options: UnreachableOptions): Watcher {
  return {
    name: 'resync',
    schedule: '*/15 * * * * *',
    begin: (context) => new ResyncRun(options, context),
  };
}

class ResyncRun implements WatcherRun {
  readonly #options: UnreachableOptions;
  readonly #context: TermContext;
  /** Followed in the last pass, but without a row then: a single read may miss a row that is moving through the index. */
  #rowless: ReadonlySet<string> = new Set();
  #number = 0;

  constructor(options: UnreachableOptions, context: TermContext) {
    this.#options = options;
    this.#context = context;
  }

  async run(): Promise<void> {
    const { attempts, store, term } = this.#context;
    if (attempts.isLoading) return; // what is not followed yet would be read row by row
    using _walk = growLittle();
    this.#number += 1;
    const beganAtMs = performance.now();
    let after: string | undefined;
    do {
      if (!term.canAct()) return;
      const readAtMs = performance.now();
      const page = await store.listOpen(pageSize, after);
      for (const row of page.attempts) {
        await this.#compare(row, readAtMs);
      }
      after = page.next;
    } while (after !== undefined);
    // One that was claimed meanwhile had no row to be read.
    const isUnread = ({ resync, stateSinceMs }: FollowedAttempt) => resync !== this.#number && stateSinceMs < beganAtMs;
    await this.#letGo(attempts.filter(isUnread));
    tellUnreachable(this.#options, this.#context);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #compare(row: OpenAttempt, readAtMs: number): Promise<void> {
    const { attempts, recorder } = this.#context;
    const followed = attempts.get(row.attemptId);
    if (followed) followed.resync = this.#number;
    // The answer to its write may have been lost.
    if (followed && row.ending !== undefined) attempts.noteEnding(followed, row.ending);
    // What is being written, perhaps the attempt's end, the row cannot say yet.
    if (recorder.isPending(row.attemptId)) return;
    const attempt = followed ?? (await this.#followLate(row));
    if (!attempt) return;
    if (isFormerSystemsWord(attempt, row.status)) return;
    const isSettled = attempt.stateSinceMs < readAtMs;
    if (isSettled && row.status !== attempt.state.status) restoreStatus(this.#context, row.attemptId, row.status);
  }

  /** Read again: it may have ended, and been let go, since its page was read. */
  async #followLate({ taskId, attemptId }: OpenAttempt): Promise<FollowedAttempt | undefined> {
    const { attempts, recorder, store } = this.#context;
    const row = await store.readOpen(taskId);
    if (row?.attemptId !== attemptId || recorder.isPending(attemptId)) return undefined;
    return attempts.takeUp(row);
  }

  async #letGo(unseen: readonly FollowedAttempt[]): Promise<void> {
    const { attempts, store, term, log } = this.#context;
    const again = unseen.filter(({ attemptId }) => this.#rowless.has(attemptId));
    this.#rowless = new Set(unseen.map(({ attemptId }) => attemptId));
    for (const attempt of again) {
      if (!term.canAct()) return;
      const { taskId, attemptId, namespace, jobName: job, jobUid: uid } = attempt;
      const row = await store.readOpen(taskId);
      if (row?.attemptId === attemptId) continue;
      attempts.abandon(attempt);
      log.warn({ task: taskId, namespace, job, uid }, 'the row of an open attempt is gone, its job is kept');
    }
  }
}
