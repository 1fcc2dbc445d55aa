import { attemptIdLabel } from '../../task/labels.ts';
import { fields, text, time } from '../../task/object-fields.ts';
import { refusalIn } from '../../task/pod-refusal.ts';
import type { PodView } from '../../task/pod-view.ts';
import type { Executor, PodsOutcome, RefusalOutcome } from '../executor.ts';
import { type ApiClient, NoAnswerError } from './api-client.ts';
import { classifyAnswer } from './classify-answer.ts';
import { GoneError, listObjects, RefusedError } from './list-objects.ts';
import { podKind } from './object-kinds.ts';
import { readLog } from './read-log.ts';

/** What is asked about single pods, beside what the watch tells. */
export function createPodReads(client: ApiClient): Pick<Executor, 'listPods' | 'readLog' | 'findRefusal'> {
  return {
    listPods: (namespace, attemptIds, signal) => listPods(client, namespace, attemptIds, signal),
    readLog: (pod, bytes, signal) => readLog(client, pod, bytes, signal),
    findRefusal: (job, signal) => findRefusal(client, job, signal),
  };
}

async function listPods(
  client: ApiClient,
  namespace: string,
  attemptIds: readonly string[],
  signal: AbortSignal,
): Promise<PodsOutcome> {
  const pods: PodView[] = [];
  const selector = `${attemptIdLabel} in (${attemptIds.join(',')})`;
  try {
    for await (const page of listObjects({ client, namespace, kind: podKind, selector, signal }))
      pods.push(...page.objects);
    return { result: 'listed', pods };
  } catch (error) {
    return { result: 'unknown', detail: detailOf(error) };
  }
}

/** The newest event that tells of a pod which could not be made. */
async function findRefusal(
  client: ApiClient,
  { namespace, uid }: { readonly namespace: string; readonly uid: string },
  signal: AbortSignal,
): Promise<RefusalOutcome> {
  const query = new URLSearchParams({
    fieldSelector: `involvedObject.uid=${uid},reason=FailedCreate`,
    limit: '50',
  });
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events?${query}`;
  try {
    const answer = await client.request({ method: 'GET', path, signal });
    const { class: kind, message } = classifyAnswer(answer);
    if (kind !== 'ok') return { result: 'unknown', detail: message };
    const newest = newestMessage(JSON.parse(answer.body));
    return newest === undefined ? { result: 'none' } : { result: 'refused', ...refusalIn(newest) };
  } catch (error) {
    return { result: 'unknown', detail: detailOf(error) };
  }
}

function newestMessage(list: unknown): string | undefined {
  const { items } = fields(list);
  if (!Array.isArray(items)) return undefined;
  const events = items.map(fields).flatMap(({ message, lastTimestamp, eventTime }) => {
    const words = text(message);
    return words === undefined ? [] : [{ words, atMs: time(lastTimestamp) ?? time(eventTime) ?? 0 }];
  });
  return events.toSorted((left, right) => right.atMs - left.atMs)[0]?.words;
}

/** What an unanswered question comes to; anything else is a surprise. */
function detailOf(error: unknown): string {
  const isExpected = [NoAnswerError, GoneError, RefusedError, SyntaxError].some((kind) => error instanceof kind);
  if (!isExpected || !(error instanceof Error)) throw error;
  return error.message;
}
