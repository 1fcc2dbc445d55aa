import { capMessage } from '../../task/message.ts';
import { reasons } from '../../task/reasons.ts';
import { type FollowedAttempt, noteState } from '../open-attempts.ts';
import type { ObservationState } from '../sync/observation-state.ts';
import type { TermContext } from '../watcher.ts';

export interface UnreachableOptions {
  readonly namespaces: readonly string[];
  readonly lostNamespaces: readonly string[];
  readonly state: ObservationState;
}

/**
 * Says in the rows of namespaces that cannot be seen that they cannot: nothing is known of their Jobs, so no row fails.
 *
 * Only when an operator has named a namespace as lost do its rows end.
 */
export function tellUnreachable(options: UnreachableOptions, context: TermContext): void {
  for (const attempt of [...context.attempts.values()]) {
    if (attempt.jobUid === undefined) continue; // not created yet: dispatch says what it waits for
    if (options.lostNamespaces.includes(attempt.namespace)) endAsLost(attempt, context);
    else tell(attempt, troubleOf(attempt.namespace, options), context);
  }
}

function troubleOf(namespace: string, { namespaces, state }: UnreachableOptions): string | undefined {
  if (namespaces.includes(namespace)) return state.troubleOf(namespace);
  return `namespace '${namespace}' is no longer in NIGHTWATCH_NAMESPACES; allow it again, or name it in NIGHTWATCH_LOST_NAMESPACES to have its rows fail`;
}

function tell(attempt: FollowedAttempt, trouble: string | undefined, { recorder }: TermContext): void {
  if ((trouble !== undefined) === (attempt.state.reason === 'Forbidden')) return;
  const { taskId, attemptId, started } = attempt;
  const state = {
    status: attempt.state.status,
    reason: trouble === undefined ? undefined : 'Forbidden',
    message: trouble === undefined ? undefined : capMessage(`the Job cannot be seen: ${trouble}`),
  };
  noteState(attempt, state);
  recorder.progress.add({ ...state, taskId, attemptId, started });
}

function endAsLost(attempt: FollowedAttempt, { attempts, recorder, log }: TermContext): void {
  const { taskId, attemptId, namespace, jobUid, started } = attempt;
  attempts.forget(attempt);
  log.warn(
    { task: taskId, namespace, job: attempt.jobName, uid: jobUid },
    'the namespace of an open attempt was declared lost',
  );
  recorder.ended.add({
    taskId,
    attemptId,
    status: 'Failed',
    reason: 'NamespaceLost',
    message: reasons.NamespaceLost,
    jobUid,
    started,
  });
}
