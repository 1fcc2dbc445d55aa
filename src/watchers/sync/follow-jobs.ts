import type { JobObserver } from '../../executors/executor.ts';
import { statusOfJob } from '../../task/job-status.ts';
import type { JobView } from '../../task/job-view.ts';
import { type FollowedAttempt, isSameState, noteJob, noteState } from '../open-attempts.ts';
import type { TermContext } from '../watcher.ts';

export interface FollowOptions extends TermContext {
  readonly namespace: string;
  /** These attempts have a recorded Job that seems to be gone: to be looked at one by one before anything is said. */
  readonly suspect: (attempts: readonly FollowedAttempt[], cause: 'deleted' | 'not listed') => void;
  readonly onTrouble: (detail: string | undefined) => void;
}

/** Turns what is observed of the Jobs of one namespace into writes about their attempts. */
export function followJobs({ namespace, attempts, recorder, suspect, onTrouble }: FollowOptions): JobObserver {
  let listing = 0;
  let listingSinceMs = 0;

  /** The attempt that the Job is the recorded one of; a Job that is anybody else's changes nothing. */
  function attemptOf(job: JobView): FollowedAttempt | undefined {
    const attempt = attempts.get(job.labels.attemptId);
    if (!attempt || attempt.namespace !== job.namespace || attempt.jobName !== job.name) return undefined;
    if (attempt.jobUid === undefined) {
      noteJob(attempt, job.uid);
      recorder.created.add({ taskId: attempt.taskId, attemptId: attempt.attemptId, jobUid: job.uid });
    }
    return attempt.jobUid === job.uid ? attempt : undefined;
  }

  function changed(job: JobView): FollowedAttempt | undefined {
    const attempt = attemptOf(job);
    if (!attempt) return undefined;
    attempt.listing = listing;
    const state = statusOfJob(job, attempt.started);
    const { taskId, attemptId } = attempt;
    switch (state.status) {
      case 'Succeeded':
      case 'Failed':
        attempts.forget(attempt);
        recorder.ended.add({ ...state, taskId, attemptId, jobUid: job.uid, started: attempt.started || job.succeeded > 0 || job.failed > 0 });
        return undefined;
      case 'Pending':
      case 'Running':
      case 'Suspended':
        // A suspended Job starts anew: its pods are gone.
        attempt.started = state.status === 'Running';
        if (isSameState(state, attempt.state)) return attempt;
        noteState(attempt, state);
        recorder.progress.add({ ...state, taskId, attemptId, started: attempt.started });
        return attempt;
      default:
        return state satisfies never;
    }
  }

  function isMissing(attempt: FollowedAttempt): boolean {
    return attempt.namespace === namespace && attempt.jobUid !== undefined && attempt.uidSinceMs < listingSinceMs && attempt.listing < listing;
  }

  return {
    listing() {
      listing += 1;
      listingSinceMs = performance.now();
    },
    listed() {
      const missing = [...attempts.values()].filter(isMissing);
      if (missing.length > 0) suspect(missing, 'not listed');
    },
    changed,
    deleted(job) {
      // Its last state may be an end that no earlier event told of.
      const attempt = changed(job);
      if (attempt) suspect([attempt], 'deleted');
    },
    trouble: onTrouble,
  };
}
