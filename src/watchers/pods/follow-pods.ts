import type { PodObserver } from '../../executors/executor.ts';
import { notePod, type PodNote } from '../../task/pod-note.ts';
import { hasStarted, type PodView } from '../../task/pod-view.ts';
import type { FollowedAttempt } from '../open-attempts.ts';
import { showState } from '../show-state.ts';
import type { TermContext } from '../watcher.ts';

export interface FollowPodsOptions extends Pick<TermContext, 'attempts' | 'recorder'> {
  readonly namespace: string;
  readonly onTrouble: (detail: string | undefined) => void;
}

/**
 * Keeps what the pods of one namespace say of the attempts that are followed, and has it written where rows wait.
 *
 * A pod decides nothing: only its Job ends an attempt. Of a pod that runs nothing is kept, for there may be very many.
 */
export function followPods(options: FollowPodsOptions): PodObserver {
  const { namespace, attempts, onTrouble } = options;
  /** Pods that the listing under way told of as waiting; undefined between listings. */
  let waiting: Set<string> | undefined;

  function see(pod: PodView, isGone: boolean): void {
    const attempt = attemptOf(pod);
    if (!attempt || pod.jobUid === undefined) return;
    attempt.containerStarted ||= hasStarted(pod);
    keep(attempt, notePod(attempt.pods, pod, isGone));
    if (attempt.pods?.waiting?.podUid === pod.uid) waiting?.add(pod.uid);
  }

  function keep(attempt: FollowedAttempt, note: PodNote | undefined): void {
    attempt.pods = note;
    showState(options, attempt);
  }

  /** Anybody who may create pods can have written their labels; the Job that made one they cannot. */
  function attemptOf(pod: PodView): FollowedAttempt | undefined {
    const attempt = attempts.get(pod.attemptId);
    if (!attempt || attempt.namespace !== pod.namespace) return undefined;
    return attempt.jobUid === undefined || attempt.jobUid === pod.jobUid ? attempt : undefined;
  }

  return {
    listing() {
      waiting = new Set();
    },
    listed() {
      for (const attempt of attempts.values()) {
        const { pods } = attempt;
        if (attempt.namespace !== namespace || !pods?.waiting || waiting?.has(pods.waiting.podUid)) continue;
        keep(attempt, { ...pods, waiting: undefined });
      }
      waiting = undefined;
    },
    changed: (pod) => see(pod, false),
    deleted: (pod) => see(pod, true),
    trouble: onTrouble,
  };
}
