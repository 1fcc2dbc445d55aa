import { capMessage } from '../../task/message.ts';
import { reasons } from '../../task/reasons.ts';
import type { OpenState } from '../../task/task.ts';
import { type FollowedAttempt, noteState } from '../open-attempts.ts';
import { showState } from '../show-state.ts';
import type { ObservationState } from '../sync/observation-state.ts';
import type { TermContext } from '../watcher.ts';

export interface UnreachableOptions {
  readonly namespaces: readonly string[];
  readonly lostNamespaces: readonly string[];
  readonly state: ObservationState;
}

/** A watch breaks off now and then: a row that told of each interruption would be written twice for nothing. */
const toldAfterMs = 60_000;

/**
 * Says in the rows of namespaces that cannot be seen that they cannot: nothing is known of their Jobs, so no row fails.
 *
 * Only when an operator has named a namespace as lost do its rows end.
 */
export function tellUnreachable(options: UnreachableOptions, context: TermContext): void {
  const standings = new Map<string, Standing>();
  for (const attempt of context.attempts.values()) {
    if (attempt.jobUid === undefined) continue; // not created yet: dispatch says what it waits for
    const { namespace } = attempt;
    const standing = standings.get(namespace) ?? standingOf(namespace, options);
    standings.set(namespace, standing);
    if (standing.isLost) endAsLost(attempt, context);
    else if (standing.trouble !== undefined) tell(attempt, standing.trouble, context);
    else if (standing.isFollowed) takeBack(attempt, context);
  }
}

/** Of a namespace, as one pass finds it. */
interface Standing {
  readonly isLost: boolean;
  readonly isFollowed: boolean;
  readonly trouble: string | undefined;
}

function standingOf(namespace: string, options: UnreachableOptions): Standing {
  return {
    isLost: options.lostNamespaces.includes(namespace),
    isFollowed: options.state.isFollowed(namespace),
    trouble: troubleOf(namespace, options),
  };
}

function troubleOf(namespace: string, { namespaces, state }: UnreachableOptions): string | undefined {
  if (namespaces.includes(namespace)) return state.troubleOf(namespace, toldAfterMs);
  return `namespace '${namespace}' is no longer in NIGHTWATCH_NAMESPACES; allow it again, or name it in NIGHTWATCH_LOST_NAMESPACES to have its rows fail`;
}

function tell(attempt: FollowedAttempt, trouble: string, context: TermContext): void {
  if (attempt.state.reason === 'Forbidden') return;
  const message = capMessage(`the Job cannot be seen: ${trouble}`);
  write(attempt, { status: attempt.state.status, reason: 'Forbidden', message }, context);
}

function takeBack(attempt: FollowedAttempt, context: TermContext): void {
  if (attempt.state.reason !== 'Forbidden') return;
  if (attempt.jobState) showState(context, attempt);
  else write(attempt, { status: attempt.state.status, reason: undefined, message: undefined }, context);
}

function write(attempt: FollowedAttempt, state: OpenState, { recorder }: TermContext): void {
  const { taskId, attemptId, started } = attempt;
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
