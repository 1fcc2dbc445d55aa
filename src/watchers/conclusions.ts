import { formatDuration } from '../duration.ts';
import type { Executor } from '../executors/executor.ts';
import type { Term } from '../leader/term.ts';
import type { Logger } from '../log.ts';
import type { EndWrite } from '../store/task-writes.ts';
import { failureOf, type PodWords } from '../task/failed-attempt.ts';
import { readRetryPolicy } from '../task/job-annotations.ts';
import type { EndState } from '../task/job-status.ts';
import type { JobOrders, JobView } from '../task/job-view.ts';
import { capMessage } from '../task/message.ts';
import { endOfPods } from '../task/pod-note.ts';
import type { LaunchPolicy } from '../task/policy.ts';
import type { Reason } from '../task/reasons.ts';
import { decideRetry, type RetryDecision } from '../task/retry-policy.ts';
import { TimeLimit } from '../time-limit.ts';
import type { FollowedAttempt, OpenAttempts } from './open-attempts.ts';
import type { Recorder } from './recorder.ts';
import { Slots } from './slots.ts';

export interface ConclusionsOptions {
  readonly attempts: OpenAttempts;
  readonly recorder: Recorder;
  readonly executor: Executor;
  readonly policy: LaunchPolicy;
  readonly term: Term;
  readonly log: Logger;
  /** Gives numbers from 0 to below 1. */
  readonly random?: () => number;
}

/** An attempt that nightwatch itself has ended, for a reason after which it may be repeated. */
export interface OwnEnd {
  readonly reason: Reason;
  readonly message: string;
  readonly jobUid: string | undefined;
}

const listsAtOnce = 8;
const longestListMs = 2_000;
/** Longer than a request to the API server and a term can be late: what they still do finds the Job there. */
const shortestKeptSeconds = 90;

/**
 * Ends attempts: finds out how they failed, decides whether another one follows, and hands in what is to be written.
 *
 * An end is never lost for what could not be found out: that is bounded, and then written without.
 */
export class Conclusions {
  readonly #options: ConclusionsOptions;
  readonly #random: () => number;
  readonly #slots = new Slots(listsAtOnce);
  readonly #underWay = new Set<Promise<void>>();

  constructor({ random = Math.random, ...options }: ConclusionsOptions) {
    this.#options = options;
    this.#random = random;
  }

  /** The recorded Job of an attempt has ended. */
  conclude(attempt: FollowedAttempt, job: JobView, state: EndState): void {
    const { attempts, recorder } = this.#options;
    attempts.forget(attempt);
    const pods = wordsAbout(attempt, job.uid);
    // With more pods than one the last that failed says why, and the watch of pods may be behind that of Jobs.
    if (state.status === 'Succeeded' || (pods?.end?.failure && job.failed <= 1)) {
      this.#write(attempt, job, state, pods);
      return;
    }
    recorder.concluding.add(attempt.attemptId);
    const conclusion: Promise<void> = this.#ask(attempt, job, pods).then((found) => {
      this.#underWay.delete(conclusion);
      this.#write(attempt, job, state, found);
      recorder.concluding.delete(attempt.attemptId);
    });
    this.#underWay.add(conclusion);
  }

  /** Nightwatch has ended the attempt, and its Job is gone; another one follows where its policy says so. */
  failed(attempt: FollowedAttempt, { reason, message, jobUid }: OwnEnd): void {
    this.#options.attempts.forget(attempt);
    const started = attempt.started || attempt.containerStarted;
    const end = { ...keyOf(attempt), status: 'Failed', reason, message, jobUid, started } as const;
    this.#repeatOrEnd(attempt, attempt.orders, end, attempt.containerStarted);
  }

  /** Resolves when all that has begun to be found out is. */
  async drain(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Never throws: an end without its exit code is better than none. */
  async #ask(attempt: FollowedAttempt, job: JobView, known: PodWords | undefined): Promise<PodWords | undefined> {
    const { executor, term, log } = this.#options;
    const { attemptId, taskId, namespace } = attempt;
    using limit = new TimeLimit(term.ended, longestListMs);
    const { signal } = limit;
    try {
      const outcome = await this.#slots.take(() => executor.listPods(namespace, [attemptId], signal), signal);
      if (outcome.result === 'unknown') {
        log.debug({ task: taskId, detail: outcome.detail }, 'pods of a failed attempt cannot be listed');
        return known;
      }
      const own = outcome.pods.filter(({ jobUid }) => jobUid === job.uid);
      return { waited: known?.waited, end: endOfPods(own) ?? known?.end };
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error, task: taskId }, 'pods of a failed attempt could not be read');
      return known;
    }
  }

  #write(attempt: FollowedAttempt, job: JobView, state: EndState, pods: PodWords | undefined): void {
    const { policy, recorder } = this.#options;
    const hasRun = hasContainerRun(attempt, job, pods);
    const { orders, uid: jobUid } = job;
    const logBytes = orders.logBytes ?? policy.logBytes;
    const isSuccess = state.status === 'Succeeded';
    const common = {
      ...keyOf(attempt),
      jobUid,
      started: isSuccess || attempt.started || hasRun,
      cleanUpSeconds: Math.max(orders.cleanUpSeconds ?? policy.cleanUpSeconds, shortestKeptSeconds),
      hasLog: logBytes > 0 && (isSuccess || hasRun),
    };
    if (isSuccess) recorder.ended.add({ ...common, ...state, exitCode: 0 });
    else this.#repeatOrEnd(attempt, orders, { ...common, status: 'Failed', ...failureOf(state, pods) }, hasRun);
  }

  #repeatOrEnd(attempt: FollowedAttempt, orders: JobOrders, end: EndWrite, hasStarted: boolean): void {
    const { recorder, log } = this.#options;
    const failure = { reason: end.reason ?? '', exitCode: end.exitCode, hasStarted };
    // Whoever wanted it to end does not want it to begin again.
    const policy = attempt.ending === 'Cancelled' ? undefined : readRetryPolicy(orders.retry);
    const retry = decideRetry(policy, attempt, failure, this.#random);
    if (retry.decision === 'end') {
      recorder.ended.add(end);
      return;
    }
    const { delayMs, isTry } = retry;
    log.info({ task: end.taskId, reason: end.reason, delayMs, isTry }, 'attempt failed, another one follows');
    recorder.retried.add({ ...end, delayMs, isTry, ...waitOf(end, retry) });
  }
}

/** What the row says until the next attempt. */
function waitOf(
  end: EndWrite,
  { delayMs }: Extract<RetryDecision, { readonly decision: 'retry' }>,
): { readonly waitReason: Reason; readonly waitMessage: string } {
  const cause = [end.reason, end.message].filter((word) => word !== undefined).join(': ');
  const seconds = formatDuration(Math.round(delayMs / 1_000) * 1_000);
  const waitMessage = `the next attempt starts after ${seconds}, for the last one failed: ${cause}`;
  return { waitReason: 'BackOff', waitMessage: capMessage(waitMessage) };
}

/** Of pods that nobody has seen it is believed that they ran: so a try is used up, and a log looked for. */
function hasContainerRun(attempt: FollowedAttempt, job: JobView, pods: PodWords | undefined): boolean {
  if (attempt.containerStarted || pods?.end) return attempt.containerStarted || pods?.end?.started === true;
  return pods?.waited === undefined && (attempt.started || job.failed > 0);
}

function wordsAbout({ pods }: FollowedAttempt, jobUid: string): PodWords | undefined {
  return pods?.jobUid === jobUid ? pods : undefined;
}

function keyOf({ taskId, attemptId }: FollowedAttempt): { readonly taskId: string; readonly attemptId: string } {
  return { taskId, attemptId };
}
