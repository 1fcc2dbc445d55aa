import { endAsDecided } from '../end-as-decided.ts';
import type { FollowedAttempt } from '../open-attempts.ts';
import { followJob } from '../sync/follow-job.ts';
import { tellInRow } from '../tell-in-row.ts';
import type { TermContext } from '../watcher.ts';
import { AttemptWork, type WorkOutcome } from './attempt-work.ts';

/** So often it is deleted again at once when it has changed since it was read; after that it rests, as after a failure. */
const mostTries = 3;

/**
 * Deletes the Jobs of attempts that are being ended, and ends their rows once Job and pods are gone.
 *
 * That they are to be ended is committed before: whoever leads next goes on. A Job without a known uid is looked for by
 * dispatch, which ends the attempt where there is none.
 */
export class Endings implements AsyncDisposable {
  readonly #context: TermContext;
  readonly #work: AttemptWork;
  /** Those whose logs were stored, as far as they could be. */
  readonly #withLog = new WeakSet<FollowedAttempt>();

  constructor(context: TermContext) {
    this.#context = context;
    this.#work = new AttemptWork({ ...context, name: 'ending an attempt', work: (attempt) => this.#end(attempt) });
  }

  look(): void {
    this.#work.offer([...this.#context.attempts.ending()].filter(({ jobUid }) => jobUid !== undefined));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#work[Symbol.asyncDispose]();
  }

  async #end(attempt: FollowedAttempt): Promise<WorkOutcome> {
    if (!this.#withLog.has(attempt)) {
      this.#withLog.add(attempt);
      // With the pods their logs go. Before the Job is looked at, for this may take seconds.
      await this.#context.logs.keepBeforeDeletion(attempt);
    }
    for (let tries = 0; tries < mostTries; tries += 1) {
      const outcome = await this.#try(attempt);
      if (outcome !== 'changed') return outcome;
    }
    return 'again';
  }

  async #try(attempt: FollowedAttempt): Promise<WorkOutcome | 'changed'> {
    const { attempts, executor, term, log } = this.#context;
    const { attemptId, taskId: task, namespace, jobName, jobUid, ending } = attempt;
    const isEnded = () => attempts.get(attemptId) !== attempt; // told of meanwhile
    if (isEnded()) return 'done';
    const found = await executor.find(namespace, jobName, term.ended);
    if (isEnded()) return 'done';
    if (found.result === 'unknown') return this.#tellTrouble(attempt, found.detail, found.pauseMs);
    if (found.result === 'missing' || found.job.uid !== jobUid) {
      endAsDecided(this.#context, attempt);
      return 'done';
    }
    if (followJob(this.#context, attempt, found.job) === 'ended') return 'done';
    // Its pods are still stopping, or a finalizer keeps it: an event tells when it is gone, and so does the next look.
    if (found.job.deleting) return 'again';
    if (!term.canAct()) return 'again';
    const outcome = await executor.remove(found.job, term.ended, 'Foreground');
    log.info(
      { task, namespace, job: jobName, uid: jobUid, ending, outcome: outcome.result },
      'deleted a job to end it',
    );
    if (outcome.result === 'changed') return 'changed';
    return outcome.result === 'unknown' ? this.#tellTrouble(attempt, outcome.detail) : 'again';
  }

  /** What keeps the Job from being deleted, its user and an operator can only know from the row. */
  #tellTrouble(attempt: FollowedAttempt, detail: string, pauseMs?: number): WorkOutcome {
    tellInRow(this.#context, attempt, `the Job is to be deleted, and cannot be yet: ${detail}`);
    return pauseMs === undefined ? 'again' : { againMs: pauseMs };
  }
}
