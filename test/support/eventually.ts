// Kept at import: what a test does to time must not stop its own waiting.
const realSetTimeout = setTimeout;
const realNow = performance.now.bind(performance);

/** Waits until something is so; throws after 5 s, with the words for what was waited for. */
export async function eventually(isSo: () => boolean, what: string, timeoutMs = 5_000): Promise<void> {
  const endMs = realNow() + timeoutMs;
  while (!isSo()) {
    if (realNow() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await realPause(2);
  }
}

/** A pause in real time, also while a test has mocked it. */
export function realPause(durationMs: number): Promise<void> {
  return new Promise((resolve) => realSetTimeout(resolve, durationMs));
}
