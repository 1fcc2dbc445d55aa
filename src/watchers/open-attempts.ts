import { type JobOrders, noOrders } from '../task/job-view.ts';
import type { PodNote } from '../task/pod-note.ts';
import type { OpenStatus } from '../task/status.ts';
import type { Attempt, Ending, OpenAttempt, OpenState, RetryCounts } from '../task/task.ts';

/** What a term keeps in memory of an attempt that has not ended: small, for there may be a hundred thousand. */
export interface FollowedAttempt extends RetryCounts {
  readonly taskId: string;
  readonly attemptId: string;
  readonly namespace: string;
  /** Its Job carries no labels of ours: events do not tell of it. */
  readonly isInherited: boolean;
  /** Changes at most while the attempt has no Job. */
  jobName: string;
  /** The Job as this term has seen or read it. Once set it is never another: that would be a leftover. */
  jobUid: string | undefined;
  /** When the uid became known, monotonic milliseconds: a list that was begun before need not have the Job. */
  uidSinceMs: number;
  /** Whether a pod was seen to start. */
  started: boolean;
  /** Whether the container of a pod was seen to run: what a retry is counted by. */
  containerStarted: boolean;
  /** What its Job says; undefined until this term has seen it. */
  jobState: OpenState | undefined;
  /** What its pods say, where they say anything. */
  pods: PodNote | undefined;
  /** What is to be done once its Job has ended. */
  orders: JobOrders;
  /** What the row says, as far as this term knows, or will say once the writes under way are through. */
  state: OpenState;
  /** When `state` was decided, monotonic milliseconds: what was read from the database before may be older. */
  stateSinceMs: number;
  /** The word that its row had when it was taken up, where it is none that an open attempt can have. */
  contradiction: string | undefined;
  /** Why it is being ended, once that is committed; it is never taken back. */
  ending: Ending | undefined;
  /** Number of the last listing of its namespace that told of the Job. */
  listing: number;
  /** Number of the last resync that read its row. */
  resync: number;
}

/** The open attempts that one term follows. */
export class OpenAttempts {
  /** Whether those of former terms are still being read: a row whose attempt is not followed may only be further on. */
  isLoading: boolean = false;
  readonly #byAttempt = new Map<string, FollowedAttempt>();
  readonly #abandoned: FollowedAttempt[] = [];
  readonly #ending = new Set<FollowedAttempt>();
  /** Each text that many attempts have is kept once: every row brings its own copy. */
  readonly #namespaces = new Map<string, string>();

  get size(): number {
    return this.#byAttempt.size;
  }

  /** Follows an attempt; one that is followed already stays as it is known. */
  follow(
    attempt: Attempt,
    known: {
      readonly jobUid?: string | undefined;
      readonly started?: boolean;
      readonly isInherited?: boolean;
      readonly contradiction?: string | undefined;
      readonly state?: OpenState;
      readonly ending?: Ending | undefined;
    } & Partial<RetryCounts> = {},
  ): FollowedAttempt {
    const existing = this.#byAttempt.get(attempt.attemptId);
    if (existing) return existing;
    const followed: FollowedAttempt = {
      taskId: attempt.taskId,
      attemptId: attempt.attemptId,
      namespace: this.#shared(attempt.namespace),
      isInherited: known.isInherited ?? false,
      jobName: attempt.jobName,
      jobUid: known.jobUid,
      uidSinceMs: performance.now(),
      started: known.started ?? false,
      containerStarted: false,
      jobState: undefined,
      pods: undefined,
      orders: noOrders,
      tries: known.tries ?? 0,
      setbacks: known.setbacks ?? 0,
      state: known.state ?? openState('Pending', undefined),
      stateSinceMs: performance.now(),
      contradiction: known.contradiction,
      ending: undefined,
      listing: 0,
      resync: 0,
    };
    this.#byAttempt.set(attempt.attemptId, followed);
    if (known.ending) this.noteEnding(followed, known.ending);
    return followed;
  }

  /** Follows an attempt as its row says it is. */
  takeUp(row: OpenAttempt): FollowedAttempt {
    return this.follow(row, { ...row, state: stateOfRow(row), contradiction: contradictionIn(row) });
  }

  get(attemptId: string | undefined): FollowedAttempt | undefined {
    return attemptId === undefined ? undefined : this.#byAttempt.get(attemptId);
  }

  /** Follows it no longer: it has ended, or its row is gone. */
  forget(attempt: FollowedAttempt): void {
    this.#byAttempt.delete(attempt.attemptId);
    this.#ending.delete(attempt);
  }

  /** Follows it no longer because its row is gone, though its Job may run on. */
  abandon(attempt: FollowedAttempt): void {
    this.forget(attempt);
    this.#abandoned.push(attempt);
  }

  /** Those abandoned since this was called last. */
  takeAbandoned(): readonly FollowedAttempt[] {
    return this.#abandoned.splice(0);
  }

  /** The row says that the attempt is being ended: what was decided first stays. */
  noteEnding(attempt: FollowedAttempt, ending: Ending): void {
    attempt.ending ??= ending;
    if (this.#byAttempt.get(attempt.attemptId) === attempt) this.#ending.add(attempt);
  }

  /** Those that are being ended. */
  ending(): Iterable<FollowedAttempt> {
    return this.#ending;
  }

  values(): Iterable<FollowedAttempt> {
    return this.#byAttempt.values();
  }

  /** Those that meet the condition, without a copy of all. */
  filter(condition: (attempt: FollowedAttempt) => boolean): readonly FollowedAttempt[] {
    const found: FollowedAttempt[] = [];
    for (const attempt of this.#byAttempt.values()) if (condition(attempt)) found.push(attempt);
    return found;
  }

  #shared(namespace: string): string {
    const known = this.#namespaces.get(namespace);
    if (known !== undefined) return known;
    this.#namespaces.set(namespace, namespace);
    return namespace;
  }
}

/** Notes which Job is the attempt's; the first one stays. Returns the one that is. */
export function noteJob(attempt: FollowedAttempt, jobUid: string): string {
  if (attempt.jobUid !== undefined) return attempt.jobUid;
  attempt.jobUid = jobUid;
  attempt.uidSinceMs = performance.now();
  return jobUid;
}

/** Notes what an attempt's row says from now on. */
export function noteState(attempt: FollowedAttempt, state: OpenState): void {
  attempt.state = state;
  attempt.stateSinceMs = performance.now();
}

/** Whether no user wrote this word: the system before this one left it in the row, and the Job was not seen since. */
export function isFormerSystemsWord({ isInherited, contradiction }: FollowedAttempt, word: string): boolean {
  return isInherited && word === 'Unknown' && word === contradiction;
}

export function isSameState(left: OpenState, right: OpenState): boolean {
  return left.status === right.status && left.reason === right.reason && left.message === right.message;
}

function contradictionIn({ status }: OpenAttempt): string | undefined {
  return ['Pending', 'Running', 'Suspended'].includes(status) ? undefined : status;
}

/** What a row says of its open attempt; a word that such a one cannot have counts as Pending. */
function stateOfRow({ status, reason }: OpenAttempt): OpenState {
  const known = status === 'Running' || status === 'Suspended' ? status : 'Pending';
  return openState(known, reason);
}

/** Reasons are a closed vocabulary, but a row may hold what somebody else has written there. */
const mostStates = 1_000;
const openStates = new Map<string, OpenState>();

/** One object for all attempts that stand so: there are few such states, and maybe a hundred thousand attempts. */
function openState(status: OpenStatus, reason: string | undefined): OpenState {
  const key = reason === undefined ? status : `${status} ${reason}`;
  const known = openStates.get(key);
  if (known) return known;
  const state = { status, reason, message: undefined };
  if (openStates.size < mostStates) openStates.set(key, state);
  return state;
}
