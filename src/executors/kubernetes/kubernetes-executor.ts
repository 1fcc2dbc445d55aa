import type { Logger } from '../../log.ts';
import { readJob } from '../../task/job-view.ts';
import type { Executor, FindOutcome, LookOutcome, RemoveOutcome } from '../executor.ts';
import { type ApiAnswer, type ApiClient, type ApiRequest, NoAnswerError } from './api-client.ts';
import { classifyAnswer, pauseMsOf } from './classify-answer.ts';
import { decideExisting } from './decide-existing.ts';
import { launchJob } from './launch-job.ts';
import { listJobs } from './list-jobs.ts';
import { observeJobs } from './observe-jobs.ts';

export interface KubernetesExecutorOptions {
  readonly client: ApiClient;
  readonly installationId: string;
  readonly log: Logger;
}

/** Runs attempts as Jobs of a Kubernetes cluster. */
export function createKubernetesExecutor({ client, installationId, log }: KubernetesExecutorOptions): Executor {
  const find = async (namespace: string, name: string, signal: AbortSignal): Promise<FindOutcome> => {
    // Without a resourceVersion the answer is the current state (a quorum read), which is what verdicts rest on.
    const answer = await ask(client, { method: 'GET', path: jobPath(namespace, name), signal });
    if (typeof answer === 'string') return { result: 'unknown', reason: 'ApiUnavailable', detail: answer };
    const { class: kind, message } = classifyAnswer(answer);
    if (kind === 'missing') return { result: 'missing' };
    if (kind === 'throttled')
      return { result: 'unknown', reason: 'ApiUnavailable', detail: message, pauseMs: pauseMsOf(answer) };
    const job = kind === 'ok' ? readJob(parseJson(answer.body)) : undefined;
    return job
      ? { result: 'found', job }
      : { result: 'unknown', reason: kind === 'forbidden' ? 'Forbidden' : 'ApiUnavailable', detail: message };
  };
  return {
    find,
    async look(attempt, signal): Promise<LookOutcome> {
      const found = await find(attempt.namespace, attempt.jobName, signal);
      return decideExisting<LookOutcome>(attempt, installationId, found, { result: 'absent' });
    },
    launch: (attempt, job, signal) => launchJob({ client, installationId, find }, attempt, job, signal),
    async *list(namespace, signal) {
      for await (const page of listJobs({ client, namespace, signal })) yield page.jobs;
    },
    async remove(job, signal): Promise<RemoveOutcome> {
      const body = JSON.stringify({
        propagationPolicy: 'Background',
        preconditions: { uid: job.uid, resourceVersion: job.resourceVersion },
      });
      const answer = await ask(client, { method: 'DELETE', path: jobPath(job.namespace, job.name), body, signal });
      if (typeof answer === 'string') return { result: 'unknown', detail: answer };
      const { class: kind, message } = classifyAnswer(answer);
      if (kind === 'ok' || kind === 'missing') return { result: 'removed' };
      return kind === 'stale' ? { result: 'changed' } : { result: 'unknown', detail: message };
    },
    observe: (namespace, observer, signal) => observeJobs({ client, installationId, namespace, observer, log, signal }),
  };
}

function jobPath(namespace: string, name: string): string {
  return `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs/${encodeURIComponent(name)}`;
}

/** No answer is an outcome like any other here: a sentence. */
async function ask(client: ApiClient, request: ApiRequest): Promise<ApiAnswer | string> {
  try {
    return await client.request(request);
  } catch (error) {
    if (error instanceof NoAnswerError) return error.message;
    throw error;
  }
}

/** Undefined for what is no JSON: a proxy's page, say. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
