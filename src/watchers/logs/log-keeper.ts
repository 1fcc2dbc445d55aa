import type { Executor, LogOutcome, PodsOutcome } from '../../executors/executor.ts';
import type { Term } from '../../leader/term.ts';
import type { Logger } from '../../log.ts';
import type { AttemptWriteResult, EndedAttempt, LogWrite } from '../../store/attempt-store.ts';
import type { TaskStore } from '../../store/task-store.ts';
import type { AttemptKey } from '../../store/task-writes.ts';
import { hasStarted, type PodView } from '../../task/pod-view.ts';
import type { LaunchPolicy } from '../../task/policy.ts';
import { TimeLimit } from '../../time-limit.ts';
import type { FollowedAttempt } from '../open-attempts.ts';
import type { Recorder } from '../recorder.ts';

export interface LogKeeperOptions {
  readonly executor: Executor;
  readonly store: TaskStore;
  readonly recorder: Recorder;
  readonly policy: LaunchPolicy;
  readonly term: Term;
  readonly log: Logger;
}

/** The pod whose log is kept, and its log; `off` where its row wants none. */
type Reading =
  | { readonly result: 'off' }
  | (Exclude<LogOutcome, { readonly result: 'unknown' }> & { readonly pod: PodView | undefined })
  | { readonly result: 'unknown'; readonly detail: string };

/** After so long nobody will be able to read it any more: its node is gone, say. */
const givenUpAfterMs = 10 * 60_000;
const shortestRestMs = 1_000;
const longestRestMs = 60_000;
const longestReadMs = 10_000;
/** So long a deletion is held up at most. */
const longestHoldMs = 5_000;

/**
 * Stores the end of the logs of attempts.
 *
 * What cannot be read is tried again for some time, and then noted instead: it never changes what became of the attempt.
 */
export class LogKeeper {
  readonly #options: LogKeeperOptions;

  constructor(options: LogKeeperOptions) {
    this.#options = options;
  }

  /** Asks once for the pods of many attempts of a namespace: each question has the server go through all pods there. */
  async listPods(namespace: string, attempts: readonly EndedAttempt[]): Promise<PodsOutcome> {
    const { executor, term } = this.#options;
    const attemptIds = attempts.map(({ attemptId }) => attemptId);
    using limit = new TimeLimit(term.ended, longestReadMs);
    const { signal } = limit;
    try {
      return await executor.listPods(namespace, attemptIds, signal);
    } catch (error) {
      if (term.ended.aborted || !signal.aborted) throw error;
      return { result: 'unknown', detail: 'listing them took too long' };
    }
  }

  /** Stores the log of an attempt that has ended, or has it read later; its pods are among those listed, if they were. */
  async keep(attempt: EndedAttempt, listed: PodsOutcome): Promise<void> {
    const { store, term, recorder } = this.#options;
    const { attemptId, taskId, sinceEndMs } = attempt;
    const reading = await this.#read(attempt, longestReadMs, listed);
    if (!term.canAct()) return;
    if (reading.result === 'unknown' && sinceEndMs < givenUpAfterMs) {
      // As long again as it has been tried so far: a back-off that needs no counter.
      const restMs = Math.min(Math.max(sinceEndMs, shortestRestMs), longestRestMs) * (0.75 + Math.random() / 2);
      this.#note(await store.postponeLog(term.epoch, attemptId, restMs));
      return;
    }
    const exitCode = lateExitCode(attempt, reading);
    if (exitCode !== undefined) recorder.detail.add({ taskId, attemptId, exitCode });
    recorder.logs.add({ ...writeOf(attempt, reading), exitCode });
  }

  /**
   * Stores the log of an attempt that is still open, because its Job is about to be deleted.
   *
   * Resolves in any case after some seconds: what was not read until then is lost.
   */
  async keepBeforeDeletion(attempt: FollowedAttempt): Promise<void> {
    const { store, policy, term, log } = this.#options;
    const { taskId, orders, containerStarted, started } = attempt;
    if ((!containerStarted && !started) || (orders.logBytes ?? policy.logBytes) === 0) return;
    try {
      const reading = await this.#read(attempt, longestHoldMs);
      if (reading.result === 'off' || !term.canAct()) return;
      const write = { ...writeOf(attempt, reading), exitCode: undefined };
      this.#note(await store.storeOpenLog(term.epoch, write));
    } catch (error) {
      if (!term.ended.aborted) log.warn({ err: error, task: taskId }, 'the log of a job that is deleted is not stored');
    }
  }

  async #read(attempt: EndedAttempt | FollowedAttempt, limitMs: number, listed?: PodsOutcome): Promise<Reading> {
    const { executor, policy, term } = this.#options;
    const { namespace, attemptId, jobUid } = attempt;
    using limit = new TimeLimit(term.ended, limitMs);
    const { signal } = limit;
    try {
      // By itself, so that one which the server refuses to list keeps no others from their logs.
      const outcome = listed?.result === 'listed' ? listed : await executor.listPods(namespace, [attemptId], signal);
      if (outcome.result === 'unknown') return outcome;
      const own = outcome.pods.filter((pod) => pod.attemptId === attemptId);
      const pod = chosenPod(own.filter((each) => jobUid === undefined || each.jobUid === jobUid));
      if (pod === undefined) return { result: 'none', detail: 'its pods were gone', pod };
      const bytes = pod.logBytes ?? policy.logBytes;
      if (bytes === 0) return { result: 'off' };
      if (!hasStarted(pod)) return { result: 'none', detail: 'its container never started', pod };
      const read = await executor.readLog(pod, bytes, signal);
      return read.result === 'unknown' ? read : { ...read, pod };
    } catch (error) {
      if (term.ended.aborted || !signal.aborted) throw error;
      return { result: 'unknown', detail: 'reading it took too long' };
    }
  }

  #note(result: AttemptWriteResult): void {
    if (result === 'fenced') this.#options.term.end('the database has a newer epoch');
  }
}

function writeOf({ taskId, attemptId }: AttemptKey, reading: Reading): Omit<LogWrite, 'exitCode'> {
  const none = { taskId, attemptId, text: undefined, isCut: false, note: undefined };
  if (reading.result === 'off') return none;
  if (reading.result === 'read') return { ...none, text: reading.text, isCut: reading.isCut };
  return { ...none, note: `there is no log: ${reading.detail}` };
}

function lateExitCode({ status, exitCode }: EndedAttempt, reading: Reading): number | undefined {
  if (status !== 'Failed' || exitCode !== undefined || !('pod' in reading)) return undefined;
  const code = reading.pod?.ended?.exitCode;
  return code === 0 ? undefined : code;
}

/** Of several the newest that has run; what a pod says of itself is in whole seconds, so its name decides, too. */
function chosenPod(pods: readonly PodView[]): PodView | undefined {
  return pods.toSorted(
    (left, right) =>
      Number(hasStarted(right)) - Number(hasStarted(left)) ||
      right.createdAtMs - left.createdAtMs ||
      (left.name < right.name ? 1 : -1),
  )[0];
}
