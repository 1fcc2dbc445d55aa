import type { JobView } from '../../task/job-view.ts';
import { startDeadlineMessage } from '../end-as-decided.ts';
import type { FollowedAttempt } from '../open-attempts.ts';
import { followJob } from '../sync/follow-job.ts';
import type { TermContext } from '../watcher.ts';
import { AttemptWork, type WorkOutcome } from './attempt-work.ts';
import { commitEndings } from './commit-endings.ts';

/** Most pods start within this time: until then the control plane is not asked how long an attempt has waited. */
const firstLookMs = 10_000;
const longestRestMs = 60_000;

/**
 * Ends attempts none of whose pods has started in the time that their rows allow.
 *
 * How long that was is measured by the control plane's clock alone, from the Job's start to its own answer: this
 * process may be stopped, and its clock be set.
 */
export class StartDeadlines implements AsyncDisposable {
  readonly #context: TermContext;
  readonly #work: AttemptWork;

  constructor(context: TermContext) {
    this.#context = context;
    this.#work = new AttemptWork({ ...context, name: 'a start deadline', work: (attempt) => this.#look(attempt) });
  }

  look(): void {
    const nowMs = performance.now();
    const candidates: FollowedAttempt[] = [];
    for (const attempt of this.#context.attempts.values()) {
      const deadlineMs = deadlineMsOf(attempt);
      if (deadlineMs === undefined || !isWaiting(attempt)) continue;
      if (nowMs - attempt.uidSinceMs >= Math.min(deadlineMs, firstLookMs)) candidates.push(attempt);
    }
    this.#work.offer(candidates);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#work[Symbol.asyncDispose]();
  }

  async #look(attempt: FollowedAttempt): Promise<WorkOutcome> {
    const { attempts, executor, term } = this.#context;
    const { taskId, attemptId, namespace, jobName, jobUid } = attempt;
    const found = await executor.find(namespace, jobName, term.ended);
    const deadlineMs = deadlineMsOf(attempt);
    if (attempts.get(attemptId) !== attempt || deadlineMs === undefined) return 'done';
    // A Job that is gone is judged elsewhere.
    if (found.result !== 'found' || found.job.uid !== jobUid || found.job.deleting) return 'again';
    // It may have started, and the event be on its way.
    if (followJob(this.#context, attempt, found.job) === 'ended' || !isWaiting(attempt)) return 'done';
    const waitedMs = waitedMsOf(found.job, found.atMs ?? Date.now());
    if (waitedMs < deadlineMs) return { againMs: Math.min(deadlineMs - waitedMs, longestRestMs) };
    const message = startDeadlineMessage(attempt);
    await commitEndings(this.#context, [{ taskId, attemptId, ending: 'StartDeadline', message }]);
    return 'again';
  }
}

function deadlineMsOf({ orders }: FollowedAttempt): number | undefined {
  return orders.startDeadlineSeconds === undefined ? undefined : orders.startDeadlineSeconds * 1_000;
}

/** A Job that is held, or that somebody else suspends, is not to start. */
function isWaiting(attempt: FollowedAttempt): boolean {
  const { jobUid, started, containerStarted, ending, state } = attempt;
  const isToStart = state.status === 'Pending' && state.reason !== 'SuspendedElsewhere';
  return jobUid !== undefined && isToStart && !started && !containerStarted && ending === undefined;
}

/** From a suspension on the Job starts anew, and so does its time. */
function waitedMsOf({ startTimeMs, createdAtMs }: JobView, nowMs: number): number {
  return nowMs - (startTimeMs ?? createdAtMs ?? nowMs);
}
