import type { RowKey, WishedRow } from '../../store/wish-store.ts';
import { hasEnded, type JobView } from '../../task/job-view.ts';
import { type FollowedAttempt, noteState } from '../open-attempts.ts';
import { restoreStatus } from '../restore-status.ts';
import { followJob } from '../sync/follow-job.ts';
import { tellInRow } from '../tell-in-row.ts';
import type { TermContext } from '../watcher.ts';
import { AttemptWork, type WorkOutcome } from './attempt-work.ts';
import { wishedRows } from './wished-rows.ts';
import { writeAll } from './write-all.ts';

const longestRestMs = 10_000;

/**
 * Holds rows and lets them go on: by their status where they have no Job, by the Job's own `suspend` where there is one.
 *
 * The row of a Job says what the watch tells of it, not what was asked for: a change that came to nothing, or too late,
 * leaves a row that is not what its user wants, and is seen again.
 */
export class Suspensions implements AsyncDisposable {
  readonly #context: TermContext;
  readonly #suspending: AttemptWork;
  readonly #resuming: AttemptWork;
  /** What rows say by their attempt, as read in the last pass. */
  #words: ReadonlyMap<string, string> = new Map();

  constructor(context: TermContext) {
    this.#context = context;
    const workOn = (isSuspended: boolean) => {
      const work = (attempt: FollowedAttempt) => this.#change(attempt, isSuspended);
      const name = isSuspended ? 'suspending a job' : 'resuming a job';
      return new AttemptWork({ ...context, name, longestRestMs, work });
    };
    this.#suspending = workOn(true);
    this.#resuming = workOn(false);
  }

  async look(): Promise<void> {
    const { store } = this.#context;
    this.#offer(await this.#settle('Suspend', store.hold), await this.#settle('Resume', store.resume));
  }

  /** Nobody wants anything any more: what has not begun is left. */
  stop(): void {
    this.#offer([], []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#suspending[Symbol.asyncDispose](), this.#resuming[Symbol.asyncDispose]()]);
  }

  #offer(held: readonly WishedRow[], resumed: readonly WishedRow[]): void {
    const words = [...held, ...resumed].flatMap(({ attemptId, status }) =>
      attemptId === undefined ? [] : [[attemptId, status] as const],
    );
    this.#words = new Map(words);
    this.#suspending.offer(this.#followed(held));
    this.#resuming.offer(this.#followed(resumed));
  }

  /** Writes what needs no Job; returns the rows of open attempts. */
  async #settle(
    wish: WishedRow['wish'],
    write: (epoch: number, rows: readonly RowKey[]) => Promise<'written' | 'fenced'>,
  ): Promise<readonly WishedRow[]> {
    const open: WishedRow[] = [];
    for await (const rows of wishedRows(this.#context, wish)) {
      await writeAll(
        this.#context,
        rows.filter(({ stage }) => stage === 'waiting'),
        write,
      );
      open.push(...rows.filter(({ stage }) => stage === 'open'));
    }
    return open;
  }

  #followed(rows: readonly WishedRow[]): readonly FollowedAttempt[] {
    const { attempts, recorder } = this.#context;
    return rows.flatMap(({ attemptId }) => {
      const attempt = attempts.get(attemptId);
      return attempt && attempt.ending === undefined && !recorder.isEnding(attempt.attemptId) ? [attempt] : [];
    });
  }

  async #change(attempt: FollowedAttempt, isSuspended: boolean): Promise<WorkOutcome> {
    const { attempts, executor, term, log } = this.#context;
    const { attemptId, taskId: task, namespace, jobName, jobUid } = attempt;
    if (attempts.get(attemptId) !== attempt) return 'done';
    if (jobUid === undefined) return this.#changeWithoutJob(attempt, isSuspended);
    const found = await executor.find(namespace, jobName, term.ended);
    // A Job that is gone, or another, is judged elsewhere.
    if (found.result !== 'found' || found.job.uid !== jobUid || attempts.get(attemptId) !== attempt) return 'again';
    const { job } = found;
    if (isSettled(job, isSuspended)) return this.#putRight(attempt, job);
    if (!term.canAct() || attempt.ending !== undefined) return 'again';
    const outcome = await executor.suspend(job, isSuspended, term.ended);
    log.info({ task, namespace, job: jobName, uid: jobUid, isSuspended, outcome: outcome.result }, 'changed a job');
    if (outcome.result === 'unknown') this.#tellTrouble(attempt, isSuspended, outcome.detail);
    return outcome.result === 'changed' ? { againMs: 0 } : 'again';
  }

  #tellTrouble(attempt: FollowedAttempt, isSuspended: boolean, detail: string): void {
    tellInRow(
      this.#context,
      attempt,
      `the Job is to be ${isSuspended ? 'suspended' : 'resumed'}, and cannot be yet: ${detail}`,
    );
  }

  /** Dispatch looks whether there is one after all, and holds the row where there is none, or creates it. */
  #changeWithoutJob(attempt: FollowedAttempt, isSuspended: boolean): WorkOutcome {
    const { recorder } = this.#context;
    const { taskId, attemptId } = attempt;
    if (isSuspended) {
      recorder.released.add({ taskId, attemptId });
    } else {
      noteState(attempt, { status: 'Pending', reason: undefined, message: undefined });
      recorder.resumed.add({ taskId, attemptId });
    }
    return 'again';
  }

  /** The Job is as it is to be, or cannot be changed: only its row may not say so yet. */
  #putRight(attempt: FollowedAttempt, job: JobView): WorkOutcome {
    const { attemptId } = attempt;
    if (followJob(this.#context, attempt, job) === 'ended') return 'done';
    const word = this.#words.get(attemptId);
    if (word !== undefined && word !== attempt.state.status) restoreStatus(this.#context, attemptId, word);
    return 'again';
  }
}

/** What somebody else suspends is left alone, until they let it go on. */
function isSettled(job: JobView, isSuspended: boolean): boolean {
  if (hasEnded(job) || job.deleting) return true;
  return isSuspended ? job.suspended : !(job.suspended && job.suspendedByUs);
}
