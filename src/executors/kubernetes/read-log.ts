import { LogTail } from '../../task/log-tail.ts';
import { type PodView, taskContainerName } from '../../task/pod-view.ts';
import type { LogOutcome } from '../executor.ts';
import { type ApiClient, NoAnswerError } from './api-client.ts';
import { classifyAnswer } from './classify-answer.ts';
import { readText, SilentStreamError } from './watch-stream.ts';

/** Most lines are longer; a log of shorter ones is read a second time. */
const shortLineBytes = 32;
/** Lines may be long, too: then the beginning of what was asked for is all that is read, and the log counts as cut. */
const mostBytes = 64 * 1024 * 1024;
const refusalMs = 5_000;

/**
 * Reads the last bytes of a pod's log.
 *
 * The API counts from the end in lines only, so more lines are asked for than there is room for, and the bytes that came
 * first are given up while they come.
 */
export async function readLog(
  client: ApiClient,
  pod: PodView,
  bytes: number,
  signal: AbortSignal,
): Promise<LogOutcome> {
  if (!pod.hasNode) return { result: 'none', detail: 'the pod never had a node' };
  const lines = Math.ceil(bytes / shortLineBytes) + 1;
  const first = await readTail(client, pod, { bytes, lines, signal });
  if (!(first instanceof LogTail)) return first;
  if (first.seenBytes > bytes || first.seenLines < lines) return outcomeOf(first);
  const second = await readTail(client, pod, { bytes, lines: bytes + 1, signal });
  return second instanceof LogTail ? outcomeOf(second) : second;
}

function outcomeOf(tail: LogTail): LogOutcome {
  const log = tail.text();
  // What a kubelet answers, as the log, when the file has gone.
  const isGone = /^unable to retrieve container logs for \S+\s*$/.test(log.text);
  return isGone ? { result: 'none', detail: log.text.trim() } : { result: 'read', ...log };
}

interface Tail {
  readonly bytes: number;
  readonly lines: number;
  readonly signal: AbortSignal;
}

async function readTail(
  client: ApiClient,
  { namespace, name }: PodView,
  { bytes, lines, signal }: Tail,
): Promise<LogTail | Exclude<LogOutcome, { readonly result: 'read' }>> {
  const query = new URLSearchParams({ container: taskContainerName, tailLines: String(lines) });
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log?${query}`;
  try {
    const { status, body } = await client.download(path, signal);
    if (status !== 200) return refusalOf(status, await readText(body, refusalMs));
    const tail = new LogTail(bytes);
    for await (const chunk of body) {
      if (chunk instanceof Uint8Array) tail.add(chunk);
      if (tail.seenBytes > mostBytes) break; // leaving the loop destroys the stream
    }
    return tail;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NoAnswerError || error instanceof SilentStreamError || isBroken(error)) {
      return { result: 'unknown', detail: error.message };
    }
    throw error;
  }
}

function refusalOf(status: number, body: string): Exclude<LogOutcome, { readonly result: 'read' }> {
  const { class: kind, message } = classifyAnswer({ status, body, retryAfterMs: undefined });
  // The pod is gone, or its container was never there: asking again brings nothing else.
  const isFinal = kind === 'missing' || /waiting to start|does not have a host assigned/.test(message);
  return isFinal ? { result: 'none', detail: message } : { result: 'unknown', detail: message };
}

/** The connection ended in the middle of the log. */
function isBroken(error: unknown): error is Error {
  return error instanceof Error && 'code' in error;
}
