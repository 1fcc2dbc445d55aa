import type { ApiClient } from './api-client.ts';
import { classifyAnswer } from './classify-answer.ts';
import { ListReader } from './list-reader.ts';
import type { ObjectKind } from './object-kinds.ts';

/** The server no longer has the history behind a resourceVersion, or the list behind a page: only a new list helps. */
export class GoneError extends Error {
  override readonly name = 'GoneError';
}

/** The namespace cannot be listed or watched; the message is the server's. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

export interface ListOptions<View> {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly kind: ObjectKind<View>;
  /** Label selector; all objects of the kind without it. */
  readonly selector?: string;
  readonly signal: AbortSignal;
}

export interface ObjectPage<View> {
  readonly objects: readonly View[];
  /** That of the whole list, the same on every page. */
  readonly resourceVersion: string;
}

/** The objects of a namespace, a page at a time: what is told is never a part of a page that broke off. */
export async function* listObjects<View>({
  client,
  namespace,
  kind,
  selector,
  signal,
}: ListOptions<View>): AsyncGenerator<ObjectPage<View>> {
  const query = new URLSearchParams({ limit: String(kind.pageSize), ...(selector && { labelSelector: selector }) });
  for (;;) {
    const reader = new ListReader(kind.read);
    const answer = await client.request({
      method: 'GET',
      path: `${kind.pathIn(namespace)}?${query}`,
      signal,
      onBytes: (bytes) => reader.take(bytes),
    });
    if (answer.status === 410) throw new GoneError('the list took too long');
    const { class: answered, message } = classifyAnswer(answer);
    if (answered !== 'ok') throw new RefusedError(message);
    const { page, next } = readPage(reader);
    yield page;
    if (next === '') return;
    query.set('continue', next);
  }
}

function readPage<View>(reader: ListReader<View>): { readonly page: ObjectPage<View>; readonly next: string } {
  const { items: objects, frame: list } = reader.end();
  if (typeof list !== 'object' || list === null || !('items' in list) || !Array.isArray(list.items))
    throw new RefusedError('the server sent a list that is none');
  const metadata =
    'metadata' in list && typeof list.metadata === 'object' && list.metadata !== null ? list.metadata : {};
  return {
    page: { objects, resourceVersion: resourceVersionOf(list) ?? '0' },
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
