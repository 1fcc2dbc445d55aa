import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dispatcher } from 'undici';

/** The body of an answer, or nothing when it is a 2xx one and somebody is told its bytes as they come instead. */
export async function readBody(
  { statusCode, body }: Dispatcher.ResponseData,
  onBytes: ((bytes: Buffer) => void) | undefined,
): Promise<string> {
  const isGranted = statusCode >= 200 && statusCode < 300;
  if (onBytes === undefined || !isGranted) return await body.text();
  for await (const bytes of body) {
    onBytes(bytes);
    await nextTurn(); // a chunk a turn of the event loop: a page that has come at once holds nobody up
  }
  return '';
}
