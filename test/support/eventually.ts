import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so; throws after 5 s, with the words for what was waited for. */
export async function eventually(isSo: () => boolean, what: string, timeoutMs = 5_000): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(2);
  }
}
