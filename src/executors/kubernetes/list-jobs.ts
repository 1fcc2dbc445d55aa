import { type JobView, readJob } from '../../task/job-view.ts';
import type { ApiClient } from './api-client.ts';
import { classifyAnswer } from './classify-answer.ts';

/** The server no longer has the history behind a resourceVersion, or the list behind a page: only a new list helps. */
export class GoneError extends Error {
  override readonly name = 'GoneError';
}

/** The namespace cannot be listed or watched; the message is the server's. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

export interface ListOptions {
  readonly client: ApiClient;
  readonly namespace: string;
  /** Label selector; all Jobs without it. */
  readonly selector?: string;
  readonly signal: AbortSignal;
}

export interface JobPage {
  readonly jobs: readonly JobView[];
  /** That of the whole list, the same on every page. */
  readonly resourceVersion: string;
}

const pageSize = 500;

/** The Jobs of a namespace, a page at a time, so that no page's parsing holds up the event loop. */
export async function* listJobs({ client, namespace, selector, signal }: ListOptions): AsyncGenerator<JobPage> {
  const query = new URLSearchParams({ limit: String(pageSize), ...(selector && { labelSelector: selector }) });
  for (;;) {
    const answer = await client.request({
      method: 'GET',
      path: `/apis/batch/v1/namespaces/${namespace}/jobs?${query}`,
      signal,
    });
    if (answer.status === 410) throw new GoneError('the list took too long');
    const { class: kind, message } = classifyAnswer(answer);
    if (kind !== 'ok') throw new RefusedError(message);
    const { page, next } = readPage(answer.body);
    yield page;
    if (next === '') return;
    query.set('continue', next);
  }
}

function readPage(body: string): { readonly page: JobPage; readonly next: string } {
  const list: unknown = JSON.parse(body);
  if (typeof list !== 'object' || list === null || !('items' in list) || !Array.isArray(list.items))
    throw new RefusedError('the server sent a list that is none');
  const metadata =
    'metadata' in list && typeof list.metadata === 'object' && list.metadata !== null ? list.metadata : {};
  return {
    page: {
      jobs: list.items.map(readJob).filter((job) => job !== undefined),
      resourceVersion: resourceVersionOf(list) ?? '0',
    },
    next: 'continue' in metadata && typeof metadata.continue === 'string' ? metadata.continue : '',
  };
}

export function resourceVersionOf(object: unknown): string | undefined {
  const metadata = typeof object === 'object' && object !== null && 'metadata' in object ? object.metadata : undefined;
  const version =
    typeof metadata === 'object' && metadata !== null && 'resourceVersion' in metadata
      ? metadata.resourceVersion
      : undefined;
  return typeof version === 'string' ? version : undefined;
}
