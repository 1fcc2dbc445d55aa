import type { V1Job } from '@kubernetes/client-node';
import { isUid } from '../../task/job-view.ts';
import type { Attempt } from '../../task/task.ts';
import type { FindOutcome, LaunchOutcome, Wait } from '../executor.ts';
import { type ApiAnswer, type ApiClient, NoAnswerError } from './api-client.ts';
import { classifyAnswer, pauseMsOf } from './classify-answer.ts';
import { decideExisting, forbidden, taken, unavailable } from './decide-existing.ts';

export interface LaunchDependencies {
  readonly client: ApiClient;
  readonly installationId: string;
  readonly find: (namespace: string, name: string, signal: AbortSignal) => Promise<FindOutcome>;
}

/** Creates the attempt's Job, or finds out what became of a create whose outcome is not known. */
export async function launchJob(
  dependencies: LaunchDependencies,
  attempt: Attempt,
  job: V1Job,
  signal: AbortSignal,
): Promise<LaunchOutcome> {
  const { client, installationId, find } = dependencies;
  // POST with a name that exists answers 409: the exclusivity of a launch rests on that and on nothing else.
  const path = `/apis/batch/v1/namespaces/${attempt.namespace}/jobs?fieldValidation=Strict`;
  let outcome: LaunchOutcome | undefined;
  try {
    const answer = await client.request({ method: 'POST', path, body: JSON.stringify(job), signal });
    outcome = readAnswer(answer, attempt);
    if (!needsLook(outcome)) return outcome;
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    outcome = unavailable(`${error.message}; looking whether the Job was created`, 'server');
  }
  return decideExisting(attempt, installationId, await find(attempt.namespace, attempt.jobName, signal), outcome);
}

/** A full quota is checked before the name is (kubernetes#106842): the Job may exist all the same. */
function needsLook(outcome: LaunchOutcome): boolean {
  return outcome.result === 'wait' && ['NameConflict', 'ApiUnavailable', 'QuotaExceeded'].includes(outcome.reason);
}

function readAnswer(answer: ApiAnswer, attempt: Attempt): LaunchOutcome {
  const { class: kind, message } = classifyAnswer(answer);
  const wait = (reason: Wait['reason'], shortestMs: number, longestMs: number, scope: Wait['scope']): Wait => ({
    result: 'wait',
    reason,
    message,
    shortestMs,
    longestMs,
    scope,
  });
  switch (kind) {
    case 'ok': {
      const jobUid = readUid(answer.body);
      return jobUid
        ? { result: 'launched', jobUid, adopted: false }
        : unavailable('the API server answered a create without a uid', 'attempt');
    }
    case 'exists':
      return taken(message);
    case 'invalid':
      return { result: 'reject', reason: 'InvalidSpec', message };
    case 'denied':
      return wait('AdmissionDenied', 5_000, 300_000, 'attempt');
    case 'namespace-terminating':
      return wait('NamespaceTerminating', 5_000, 300_000, 'namespace');
    case 'quota':
      return wait('QuotaExceeded', 5_000, 300_000, 'attempt');
    case 'forbidden':
      return forbidden(attempt, message);
    case 'missing':
      return wait('NamespaceMissing', 5_000, 60_000, 'namespace');
    case 'throttled':
      return { result: 'throttled', pauseMs: pauseMsOf(answer) };
    case 'stale':
    case 'unknown':
      return unavailable(message, saysOverloaded(answer) ? 'server' : 'attempt');
    default:
      return kind satisfies never;
  }
}

/** A plain 500 says it of nobody else: it is what a broken webhook of one namespace gives. */
function saysOverloaded({ status }: ApiAnswer): boolean {
  return status === 502 || status === 503 || status === 504;
}

/** How the API server begins a Job; no name can hold a quotation mark. */
const beginning =
  /^\{"kind":"Job","apiVersion":"batch\/v1","metadata":\{"name":"[^"]*","namespace":"[^"]*","uid":"([^"\\]*)"/;

/** Of the three kilobytes of an answer only this is wanted: in a burst nothing of ours cost as much as parsing all. */
function readUid(body: string): string | undefined {
  const uid = beginning.exec(body)?.[1];
  return isUid(uid) ? uid : parseUid(body);
}

function parseUid(body: string): string | undefined {
  try {
    const job: unknown = JSON.parse(body);
    const metadata = typeof job === 'object' && job !== null && 'metadata' in job ? job.metadata : undefined;
    const uid = typeof metadata === 'object' && metadata !== null && 'uid' in metadata ? metadata.uid : undefined;
    return isUid(uid) ? uid : undefined;
  } catch {
    return undefined;
  }
}
