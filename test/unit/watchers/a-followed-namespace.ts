import type { JobView } from '../../../src/task/job-view.ts';
import type { Attempt } from '../../../src/task/task.ts';
import type { FollowedAttempt } from '../../../src/watchers/open-attempts.ts';
import { followJobs } from '../../../src/watchers/sync/follow-jobs.ts';
import { anAttempt } from '../../support/builders.ts';
import type { TaskRow } from '../../support/memory-database.ts';
import { aTermContext, type TestContext } from '../../support/term-context.ts';

/** A row whose attempt is open, as another or this term left it. */
export function anOpenRow(attempt: Attempt, overrides: Partial<TaskRow> = {}): Partial<TaskRow> & { taskId: string } {
  const { taskId, attemptId, rowKey, number, namespace, jobName } = attempt;
  return {
    ...{ taskId, attemptId, rowKey, attempt: number, namespace, jobNamespace: namespace, jobName, name: jobName },
    ...{ status: 'Pending', claimedAtMs: 0 },
    ...overrides,
  };
}

export interface FollowedNamespace extends AsyncDisposable {
  readonly context: TestContext;
  readonly observer: ReturnType<typeof followJobs>;
  readonly suspected: readonly FollowedAttempt[];
  /** What each complete list lacked. */
  readonly missing: readonly (readonly FollowedAttempt[])[];
  readonly strays: readonly JobView[];
  readonly straysGone: readonly JobView[];
  /** Follows an attempt with a row of its own. */
  follow(attempt?: Attempt, known?: { readonly jobUid?: string; readonly started?: boolean }): FollowedAttempt;
  row(attempt?: Attempt): TaskRow;
}

/** The namespace default, observed by nobody but the test. */
export async function aFollowedNamespace(): Promise<FollowedNamespace> {
  const context = await aTermContext();
  const suspected: FollowedAttempt[] = [];
  const missing: (readonly FollowedAttempt[])[] = [];
  const strays: JobView[] = [];
  const straysGone: JobView[] = [];
  const observer = followJobs({
    ...context,
    namespace: 'default',
    onDeleted: (attempt) => void suspected.push(attempt),
    onListed: (attempts) => void missing.push(attempts),
    onStray: (job) => void strays.push(job),
    onStrayGone: (job) => void straysGone.push(job),
    onTrouble: () => {},
  });
  return {
    ...{ context, observer, suspected, missing, strays, straysGone },
    follow(attempt = anAttempt(), known = {}) {
      context.database.insert(anOpenRow(attempt, { jobUid: known.jobUid }));
      return context.attempts.follow(attempt, known);
    },
    row: (attempt = anAttempt()) => context.database.row(attempt.taskId),
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}
