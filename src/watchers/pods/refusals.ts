import { noteRefusal } from '../../task/pod-note.ts';
import type { FollowedAttempt } from '../open-attempts.ts';
import { showState } from '../show-state.ts';
import type { TermContext } from '../watcher.ts';

/** A Job usually has its pods long before. */
const patienceMs = 5_000;
const shortestRestMs = 5_000;
const longestRestMs = 300_000;
/** For all Jobs together: a namespace whose quota is used up may have thousands. */
const betweenLooksMs = 300;
/** When there was nothing to ask about: going through all attempts costs a little, too. */
const idleMs = 2_000;

interface Rest {
  readonly untilMs: number;
  readonly nextMs: number;
}

/**
 * Finds out why Jobs get no pods.
 *
 * The Job itself does not say: only its events do, which are asked for one Job at a time and seldom. They decide nothing;
 * a Job whose pods are refused goes on by itself when they no longer are.
 */
export class Refusals {
  readonly #context: TermContext;
  /** By attempt: when its events were asked for, how long they are left alone. */
  #resting = new Map<string, Rest>();
  #nextLookMs = 0;

  constructor(context: TermContext) {
    this.#context = context;
  }

  /** Asks about one Job, the next one whose turn has come. */
  async look(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs < this.#nextLookMs || !this.#context.term.canAct()) return;
    const resting = new Map<string, Rest>();
    let next: FollowedAttempt | undefined;
    for (const attempt of this.#context.attempts.values()) {
      if (!hasNoPods(attempt, nowMs)) continue;
      const rest = this.#resting.get(attempt.attemptId);
      if (rest) resting.set(attempt.attemptId, rest);
      if (next === undefined && (rest?.untilMs ?? 0) <= nowMs) next = attempt;
    }
    this.#resting = resting;
    this.#nextLookMs = nowMs + (next ? betweenLooksMs : idleMs);
    if (next) await this.#ask(next);
  }

  async #ask(attempt: FollowedAttempt): Promise<void> {
    const { executor, attempts, term, log } = this.#context;
    const { attemptId, taskId, namespace, jobUid: uid = '' } = attempt;
    const restMs = this.#resting.get(attemptId)?.nextMs ?? shortestRestMs;
    const untilMs = performance.now() + restMs * (0.75 + Math.random() / 2);
    this.#resting.set(attemptId, { untilMs, nextMs: Math.min(restMs * 2, longestRestMs) });
    const outcome = await executor.findRefusal({ namespace, uid }, term.ended);
    if (outcome.result === 'unknown') {
      log.debug({ task: taskId, namespace, detail: outcome.detail }, 'events of a job without pods cannot be read');
      return;
    }
    // Meanwhile it may have ended, or have got its pod.
    if (attempts.get(attemptId) !== attempt || !hasNoPods(attempt, performance.now())) return;
    const { result, ...refusal } = outcome;
    attempt.pods = noteRefusal(uid, result === 'refused' && 'reason' in refusal ? refusal : undefined);
    showState(this.#context, attempt);
  }
}

/** Its Job is there for some time and says that it has no pods; one that is suspended says so otherwise. */
function hasNoPods({ jobUid, jobState, uidSinceMs, pods, isInherited }: FollowedAttempt, nowMs: number): boolean {
  if (jobUid === undefined || isInherited || nowMs - uidSinceMs < patienceMs) return false;
  return jobState?.status === 'Pending' && jobState.reason === undefined && pods?.waiting === undefined;
}
