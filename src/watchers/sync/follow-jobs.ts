import type { JobObserver } from '../../executors/executor.ts';
import type { JobView } from '../../task/job-view.ts';
import { type FollowedAttempt, noteJob } from '../open-attempts.ts';
import type { TermContext } from '../watcher.ts';
import { followJob } from './follow-job.ts';

export interface FollowOptions extends Pick<TermContext, 'attempts' | 'recorder' | 'conclusions'> {
  readonly namespace: string;
  /** The Job of an attempt was deleted, it seems: to be looked at before anything is said. */
  readonly onDeleted: (attempt: FollowedAttempt) => void;
  /** A list is complete; these attempts have a recorded Job that it did not tell of. */
  readonly onListed: (missing: readonly FollowedAttempt[]) => void;
  /** A Job of ours that is not the recorded one of an attempt that is followed. */
  readonly onStray: (job: JobView) => void;
  readonly onStrayGone: (job: JobView) => void;
  readonly onTrouble: (detail: string | undefined) => void;
}

/** Turns what is observed of the Jobs of one namespace into writes about their attempts. */
export function followJobs(options: FollowOptions): JobObserver {
  const { namespace, attempts, recorder, onDeleted, onListed, onStray, onStrayGone, onTrouble } = options;
  let listing = 0;
  let listingSinceMs = 0;

  /** The attempt that the Job is the recorded one of; a Job that is anybody else's changes no row. */
  function attemptOf(job: JobView): FollowedAttempt | undefined {
    const attempt = attempts.get(job.labels.attemptId);
    if (!attempt || attempt.namespace !== job.namespace || attempt.jobName !== job.name) return undefined;
    if (attempt.jobUid === undefined) {
      noteJob(attempt, job.uid);
      recorder.created.add({ taskId: attempt.taskId, attemptId: attempt.attemptId, jobUid: job.uid });
    }
    return attempt.jobUid === job.uid ? attempt : undefined;
  }

  function isMissing(attempt: FollowedAttempt): boolean {
    const isOlder = attempt.uidSinceMs < listingSinceMs && attempt.listing < listing;
    return isOlder && !attempt.isInherited && attempt.namespace === namespace && attempt.jobUid !== undefined;
  }

  return {
    listing() {
      listing += 1;
      listingSinceMs = performance.now();
    },
    listed: () => onListed(attempts.filter(isMissing)),
    changed(job) {
      const attempt = attemptOf(job);
      if (!attempt) {
        onStray(job);
        return;
      }
      attempt.listing = listing;
      followJob(options, attempt, job);
    },
    deleted(job) {
      const attempt = attemptOf(job);
      if (!attempt) {
        onStrayGone(job);
        return;
      }
      // Its last state may be an end that no earlier event told of.
      if (followJob(options, attempt, job) === 'open') onDeleted(attempt);
    },
    trouble: onTrouble,
  };
}
