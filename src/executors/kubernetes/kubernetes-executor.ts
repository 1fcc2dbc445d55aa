import type { Logger } from '../../log.ts';
import { suspendedAnnotation } from '../../task/annotations.ts';
import { readJob } from '../../task/job-view.ts';
import type { ChangeOutcome, Executor, FindOutcome, LookOutcome, RemoveOutcome } from '../executor.ts';
import { type ApiAnswer, type ApiClient, type ApiRequest, NoAnswerError } from './api-client.ts';
import { classifyAnswer, pauseMsOf } from './classify-answer.ts';
import { decideExisting } from './decide-existing.ts';
import { launchJob } from './launch-job.ts';
import { listObjects } from './list-objects.ts';
import { jobKind, podKind } from './object-kinds.ts';
import { observeObjects } from './observe-objects.ts';
import { createPodReads } from './read-pods.ts';

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
      ? { result: 'found', job, atMs: answer.dateMs }
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
      for await (const page of listObjects({ client, namespace, kind: jobKind, signal })) yield page.objects;
    },
    async remove(job, signal, propagation = 'Background'): Promise<RemoveOutcome> {
      const body = JSON.stringify({
        propagationPolicy: propagation,
        // Without a version that precondition is left out of the JSON, too.
        preconditions: { uid: job.uid, resourceVersion: job.resourceVersion },
      });
      const answer = await ask(client, { method: 'DELETE', path: jobPath(job.namespace, job.name), body, signal });
      if (typeof answer === 'string') return { result: 'unknown', detail: answer };
      const { class: kind, message } = classifyAnswer(answer);
      if (kind === 'ok' || kind === 'missing') return { result: 'removed' };
      return kind === 'stale' ? { result: 'changed' } : { result: 'unknown', detail: message };
    },
    async suspend(job, isSuspended, signal): Promise<ChangeOutcome> {
      const { uid, resourceVersion } = job;
      // As it was read, or not at all: a patch that comes late must not undo what was decided since.
      const metadata = { uid, resourceVersion, annotations: { [suspendedAnnotation]: isSuspended ? 'true' : null } };
      const body = JSON.stringify({ metadata, spec: { suspend: isSuspended } });
      const answer = await ask(client, { method: 'PATCH', path: jobPath(job.namespace, job.name), body, signal });
      if (typeof answer === 'string') return { result: 'unknown', detail: answer };
      const { class: kind, message } = classifyAnswer(answer);
      if (kind === 'ok') return { result: 'done' };
      return kind === 'stale' || kind === 'missing' ? { result: 'changed' } : { result: 'unknown', detail: message };
    },
    observe: (namespace, observer, signal) =>
      observeObjects({ client, installationId, namespace, kind: jobKind, observer, log, signal }),
    observePods: (namespace, observer, signal) =>
      observeObjects({ client, installationId, namespace, kind: podKind, observer, log, signal }),
    ...createPodReads(client),
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
