import type { PodNote } from './pod-note.ts';
import type { OpenState } from './task.ts';

/** What a row says of an attempt whose Job says this: while its pods do not start, they know better why. */
export function stateWithPods(state: OpenState, pods: PodNote | undefined): OpenState {
  const isWaiting = state.status === 'Pending' && (state.reason === undefined || state.reason === 'WaitingForPods');
  const said = pods?.waiting ?? (state.reason === undefined ? pods?.refusal : undefined);
  return isWaiting && said ? { status: 'Pending', reason: said.reason, message: said.message } : state;
}
