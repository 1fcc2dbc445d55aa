import type { Executor } from '../../executors/executor.ts';
import type { TaskStore } from '../../store/task-store.ts';
import { reasons } from '../../task/reasons.ts';
import type { FollowedAttempt } from '../open-attempts.ts';
import type { TermContext } from '../watcher.ts';

export interface VerdictOptions extends TermContext {
  readonly store: TaskStore;
  readonly executor: Executor;
}

const looksInFlight = 4;
const lookAgainMs = 1_000;
const fewest = 10;
const largestShare = 0.2;

/**
 * Says of Jobs that seem to be gone whether they are.
 *
 * A list or an event only raises suspicion; what decides is a GET by name that asks for the current state, and the row
 * read again. When a list would condemn many at once, it is more likely that this is the wrong cluster, or one restored
 * from a backup, than that all those Jobs were deleted: then nobody is condemned, loudly.
 */
export class Verdicts {
  readonly #options: VerdictOptions;
  readonly #suspects = new Map<string, { readonly attempt: FollowedAttempt; lookAtMs: number }>();
  #brake: string | undefined;

  constructor(options: VerdictOptions) {
    this.#options = options;
  }

  /** Why no verdicts are given, when they are not. */
  get brake(): string | undefined {
    return this.#brake;
  }

  suspect(suspects: readonly FollowedAttempt[], cause: 'deleted' | 'not listed'): void {
    const { attempts, log } = this.#options;
    if (cause === 'not listed' && suspects.length > Math.max(fewest, attempts.size * largestShare)) {
      this.#brake = `${suspects.length} of ${attempts.size} open tasks have no Job in the cluster: is it the right cluster, was it restored? No row is failed for it`;
      log.error({ missing: suspects.length, open: attempts.size }, 'too many jobs are missing at once, no row is failed for it');
      return;
    }
    for (const attempt of suspects) this.#suspects.set(attempt.attemptId, { attempt, lookAtMs: 0 });
  }

  /** Looks at those whose time has come. */
  async look(): Promise<void> {
    const nowMs = performance.now();
    const due = [...this.#suspects.values()].filter(({ lookAtMs }) => lookAtMs <= nowMs);
    for (let first = 0; first < due.length && this.#options.term.canAct(); first += looksInFlight) {
      await Promise.all(due.slice(first, first + looksInFlight).map(({ attempt }) => this.#judge(attempt)));
    }
  }

  async #judge(attempt: FollowedAttempt): Promise<void> {
    const { attempts, executor, store, term, recorder, log } = this.#options;
    const { taskId, attemptId, namespace, jobName, jobUid } = attempt;
    const found = await executor.find(namespace, jobName, term.ended);
    const isThere = found.result === 'found' && found.job.uid === jobUid;
    if (found.result === 'unknown' || (isThere && found.job.deleting)) {
      this.#suspects.set(attemptId, { attempt, lookAtMs: performance.now() + lookAgainMs });
      return;
    }
    this.#suspects.delete(attemptId);
    if (isThere || attempts.get(attemptId) !== attempt) return;
    const row = await store.readOpen(taskId);
    attempts.forget(attempt);
    if (row?.attemptId !== attemptId) return; // the row is gone, or has ended meanwhile
    log.warn({ task: taskId, namespace, job: jobName, uid: jobUid }, 'job was deleted by somebody');
    recorder.ended.add({ taskId, attemptId, status: 'Failed', reason: 'JobDeleted', message: reasons.JobDeleted, jobUid, started: attempt.started });
  }
}
