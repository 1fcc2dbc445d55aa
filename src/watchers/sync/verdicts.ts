import { reasons } from '../../task/reasons.ts';
import { endAsDecided } from '../end-as-decided.ts';
import type { FollowedAttempt } from '../open-attempts.ts';
import type { TermContext } from '../watcher.ts';

export interface VerdictOptions extends TermContext {
  /** The operator says that many Jobs were deleted on purpose. */
  readonly acceptsDeletedJobs: boolean;
  /** How long to wait after a list for those of other namespaces, which count together. */
  readonly settleMs?: number;
}

interface Suspect {
  readonly attempt: FollowedAttempt;
  readonly lookAtMs: number;
  /** How long it is left alone when the next look brings no answer. */
  readonly restMs: number;
  /** The namespace whose list lacked it; undefined when an event told of its deletion. */
  readonly listOf: string | undefined;
}

const looksInFlight = 4;
const shortestRestMs = 1_000;
const longestRestMs = 60_000;
const atOnce = { lookAtMs: 0, restMs: shortestRestMs };
const fewest = 10;
const largestShare = 0.2;
/** Lists of all namespaces are taken within this time. */
const togetherMs = 15 * 60_000;

/**
 * Says of Jobs that seem to be gone whether they are.
 *
 * A list or an event only raises suspicion; what decides is a GET by name that asks for the current state, and the row
 * read again. When lists would condemn many at once, it is more likely that this is the wrong cluster, or one restored
 * from a backup, than that all those Jobs were deleted: then nobody is condemned, loudly.
 */
export class Verdicts {
  /** When rows were failed because of lists: those of a moment ago count with those that are to be. */
  #condemnedAtMs: number[] = [];
  readonly #options: VerdictOptions;
  readonly #suspects = new Map<string, Suspect>();
  /** By namespace: whose Jobs its last list lacked. */
  readonly #missing = new Map<string, readonly FollowedAttempt[]>();
  #settledAtMs = 0;
  #brake: string | undefined;

  constructor(options: VerdictOptions) {
    this.#options = options;
  }

  /** Why no verdicts rest on lists now; empty when all is well. */
  get brakes(): readonly string[] {
    return this.#brake === undefined ? [] : [this.#brake];
  }

  suspect(attempt: FollowedAttempt): void {
    this.#suspects.set(attempt.attemptId, { attempt, ...atOnce, listOf: undefined });
  }

  /** A list of the namespace is complete, and these attempts' Jobs are not in it. */
  listed(namespace: string, missing: readonly FollowedAttempt[]): void {
    const { settleMs = 2_000 } = this.#options;
    if (this.#missing.size === 0) this.#settledAtMs = performance.now() + settleMs;
    // What an earlier list of it lacked, and was not judged yet, this one says anew.
    for (const [id, { listOf }] of this.#suspects) if (listOf === namespace) this.#suspects.delete(id);
    const { told = [], untold = [] } = Object.groupBy(missing, ({ attemptId, ending }) =>
      this.#suspects.has(attemptId) || ending !== undefined ? 'told' : 'untold',
    );
    // What an event has told of, or nightwatch deletes itself, needs no list; that there is one is reason to look now.
    for (const attempt of told) this.suspect(attempt);
    if (untold.length === 0) this.#missing.delete(namespace);
    else this.#missing.set(namespace, untold);
    this.#noteBrake();
  }

  /** Those that lists lacked and that were not judged yet. */
  #missingIds(): ReadonlySet<string> {
    const suspects = [...this.#suspects.values()].filter(({ listOf }) => listOf !== undefined);
    const attempts = [...[...this.#missing.values()].flat(), ...suspects.map(({ attempt }) => attempt)];
    return new Set(attempts.map(({ attemptId }) => attemptId));
  }

  /** Whether so many missing Jobs are more likely the wrong cluster than deletions. */
  isTooMany(missing: number, open: number): boolean {
    return !this.#options.acceptsDeletedJobs && missing > Math.max(fewest, open * largestShare);
  }

  /** Looks at those whose time has come. */
  async look(): Promise<void> {
    const nowMs = performance.now();
    if (this.#brake === undefined && nowMs >= this.#settledAtMs) {
      for (const [listOf, attempts] of this.#missing) {
        for (const attempt of attempts) this.#suspects.set(attempt.attemptId, { attempt, ...atOnce, listOf });
      }
      this.#missing.clear();
    }
    const mayJudge = ({ lookAtMs, listOf }: Suspect) =>
      lookAtMs <= nowMs && !(listOf !== undefined && this.#brake !== undefined);
    const due = [...this.#suspects.values()].filter(mayJudge);
    for (let first = 0; first < due.length && this.#options.term.canAct(); first += looksInFlight) {
      await Promise.all(due.slice(first, first + looksInFlight).map((suspect) => this.#judge(suspect)));
    }
  }

  /** All namespaces count together: the wrong cluster lacks a few Jobs in each. */
  #noteBrake(): void {
    const { attempts, log } = this.#options;
    const sinceMs = performance.now() - togetherMs;
    this.#condemnedAtMs = this.#condemnedAtMs.filter((atMs) => atMs > sinceMs);
    const condemned = this.#condemnedAtMs.length;
    const missing = condemned + this.#missingIds().size;
    const open = condemned + attempts.size;
    const wasOff = this.#brake === undefined;
    this.#brake = undefined;
    if (this.#missing.size === 0 || !this.isTooMany(missing, open)) return;
    this.#brake = `${missing} of ${open} open tasks have no Job in the cluster, so none is failed: is it the right cluster, was it restored? If they were deleted on purpose, set NIGHTWATCH_ACCEPT_DELETED_JOBS to true`;
    if (!wasOff) return;
    log.error({ missing, open }, 'too many jobs are missing at once, no row is failed for it');
  }

  async #judge(suspect: Suspect): Promise<void> {
    const { attempt, listOf } = suspect;
    const { attempts, executor, store, term, recorder, log } = this.#options;
    const { taskId, attemptId, namespace, jobName, jobUid } = attempt;
    if (attempts.get(attemptId) !== attempt) {
      this.#suspects.delete(attemptId);
      return;
    }
    const found = await executor.find(namespace, jobName, term.ended);
    const isThere = found.result === 'found' && found.job.uid === jobUid;
    if (found.result === 'unknown' || (isThere && found.job.deleting)) {
      this.#suspects.set(attemptId, later(suspect));
      return;
    }
    const row = isThere ? undefined : await store.readOpen(taskId);
    this.#suspects.delete(attemptId);
    // Told of its end meanwhile, or the row is gone or has moved on.
    if (isThere || attempts.get(attemptId) !== attempt) return;
    if (attempt.ending !== undefined && row?.attemptId === attemptId) {
      endAsDecided(this.#options, attempt);
      return;
    }
    attempts.forget(attempt);
    if (row?.attemptId !== attemptId) return;
    if (listOf !== undefined) this.#condemnedAtMs.push(performance.now());
    log.warn({ task: taskId, namespace, job: jobName, uid: jobUid }, 'job was deleted by somebody');
    recorder.ended.add({
      taskId,
      attemptId,
      status: 'Failed',
      reason: 'JobDeleted',
      message: reasons.JobDeleted,
      jobUid,
      started: attempt.started,
    });
  }
}

/** A namespace that cannot be read stays so for long, and may have thousands of them. */
function later(suspect: Suspect): Suspect {
  const { restMs } = suspect;
  const lookAtMs = performance.now() + restMs * (1 - Math.random() / 2);
  return { ...suspect, lookAtMs, restMs: Math.min(restMs * 2, longestRestMs) };
}
