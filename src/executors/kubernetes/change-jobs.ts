import { suspendedAnnotation } from '../../task/annotations.ts';
import type { ChangeOutcome, Executor, RemoveOutcome } from '../executor.ts';
import { type ApiAnswer, type ApiClient, type ApiRequest, NoAnswerError } from './api-client.ts';
import { classifyAnswer } from './classify-answer.ts';

/** What is done to Jobs that exist: each request names the very object, and mostly also the state that it was read in. */
export function createJobChanges(client: ApiClient): Pick<Executor, 'remove' | 'suspend'> {
  return {
    async remove(job, signal, propagation = 'Background'): Promise<RemoveOutcome> {
      const body = JSON.stringify({
        propagationPolicy: propagation,
        // Without a version that precondition is left out of the JSON, too.
        preconditions: { uid: job.uid, resourceVersion: job.resourceVersion },
      });
      const answer = await askAboutJob(client, job, { method: 'DELETE', body, signal });
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
      const answer = await askAboutJob(client, job, { method: 'PATCH', body, signal });
      if (typeof answer === 'string') return { result: 'unknown', detail: answer };
      const { class: kind, message } = classifyAnswer(answer);
      if (kind === 'ok') return { result: 'done' };
      return kind === 'stale' || kind === 'missing' ? { result: 'changed' } : { result: 'unknown', detail: message };
    },
  };
}

/** Asks for or about one Job; no answer is an outcome like any other here: a sentence. */
export async function askAboutJob(
  client: ApiClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  request: Omit<ApiRequest, 'path'>,
): Promise<ApiAnswer | string> {
  const path = `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs/${encodeURIComponent(name)}`;
  try {
    return await client.request({ ...request, path });
  } catch (error) {
    if (error instanceof NoAnswerError) return error.message;
    throw error;
  }
}
