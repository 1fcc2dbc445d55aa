import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** The stream said nothing for too long: half open, or the server hangs. */
export class SilentStreamError extends Error {
  override readonly name = 'SilentStreamError';
}

/**
 * The lines of a stream, as many at a time as a chunk completes.
 *
 * Throws {@link SilentStreamError} when nothing comes for `silenceMs`, and destroys the stream whenever the reader leaves.
 */
export async function* readLines(stream: Readable, silenceMs: number): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder('utf-8'); // a character may be cut by the end of a chunk
  let rest = '';
  const timer = setTimeout(() => stream.destroy(new SilentStreamError(`nothing came for ${silenceMs} ms`)), silenceMs);
  try {
    for await (const chunk of stream) {
      timer.refresh();
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (lines.length > 0) yield lines;
    }
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}

/** All that a short stream says; throws {@link SilentStreamError} when it has not ended within the time. */
export async function readText(stream: Readable, withinMs: number): Promise<string> {
  const timer = setTimeout(() => stream.destroy(new SilentStreamError(`no end came within ${withinMs} ms`)), withinMs);
  try {
    return await text(stream);
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}
