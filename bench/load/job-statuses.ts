import type { ApiClient } from '../../test/support/api-client.ts';

/** What the status of a Job is set to, and what its row says then. */
export interface PlayedStatus {
  readonly rowSays: 'Running' | 'Succeeded';
  /** At a moment, as RFC 3339. */
  readonly status: (now: string) => object;
}

/** A pod has started. */
export const running: PlayedStatus = {
  rowSays: 'Running',
  status: (now) => ({ startTime: now, active: 1, ready: 1 }),
};

/** All is done. The API server takes nothing less as the end of a Job. */
export const complete: PlayedStatus = {
  rowSays: 'Succeeded',
  status: (now) => ({
    completionTime: now,
    active: 0,
    ready: 0,
    succeeded: 1,
    conditions: [conditionOf('SuccessCriteriaMet', now), conditionOf('Complete', now)],
  }),
};

/** As `complete`, of a Job that was never seen to run. */
export const completeAtOnce: PlayedStatus = {
  rowSays: 'Succeeded',
  status: (now) => ({ startTime: now, ...complete.status(now) }),
};

function conditionOf(type: string, now: string): object {
  const why = { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
  return { type, status: 'True', ...why, lastProbeTime: now, lastTransitionTime: now };
}

export interface JobName {
  readonly namespace: string;
  readonly name: string;
}

/** Sets the status of a Job, as its controller does; resolves with the moment at which the server acknowledged it. */
export async function setStatus(
  client: ApiClient,
  { namespace, name }: JobName,
  { status }: PlayedStatus,
  signal: AbortSignal,
): Promise<number> {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const answer = await client.call({
    method: 'PATCH',
    path: `/apis/batch/v1/namespaces/${namespace}/jobs/${name}/status`,
    body: { status: status(now) },
    contentType: 'application/merge-patch+json',
    signal,
  });
  if (answer.status === 200) return performance.now();
  throw new Error(`PATCH of the status of ${name} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}
