import { writeSync } from 'node:fs';

/** Where lines go. */
interface Destination {
  write(line: string): void;
}

/** How long one line waits for a reader that is behind; longer, and a stopped reader would stop the service. */
const patienceMs = 50;
const pauseMs = 5;
const pauseCell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes each line to a file descriptor before it returns, and never throws.
 *
 * A line that cannot be written (disk full, reader gone or stopped) is dropped, and the number of dropped ones is told
 * as soon as lines can be written again. sonic-boom, pino's own, does not do here: what it cannot write it keeps
 * without bound or, with a bound, never writes again once that is reached, and it waits for a stopped reader for ever.
 */
export function synchronousDestination(fd: number): Destination {
  let droppedLines = 0;
  let isCongested = false;
  let isLineOpen = false;

  function write(line: string): void {
    // A line that was cut off half-way is ended first, so that it spoils no other.
    const notice = droppedLines > 0 ? `${droppedNotice(droppedLines)}\n` : '';
    const written = writeFully(
      fd,
      Buffer.from(`${isLineOpen ? '\n' : ''}${notice}${line}`),
      isCongested ? 0 : patienceMs,
    );
    isCongested = written.result === 'cut';
    if (written.result === 'cut') droppedLines += 1;
    else droppedLines = 0;
    isLineOpen = written.result === 'cut' && (written.bytes > 0 || isLineOpen);
  }
  return { write };
}

type Written = { readonly result: 'whole' } | { readonly result: 'cut'; readonly bytes: number };

function writeFully(fd: number, bytes: Buffer, patienceMs: number): Written {
  let done = 0;
  let waitedMs = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      // Nobody is left to be told: to log that logging failed would fail the same way.
      const isBusy = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
      if (!isBusy || waitedMs >= patienceMs) return { result: 'cut', bytes: done };
      Atomics.wait(pauseCell, 0, 0, pauseMs);
      waitedMs += pauseMs;
    }
  }
  return { result: 'whole' };
}

function droppedNotice(lines: number): string {
  return JSON.stringify({ level: 'warn', time: new Date().toISOString(), lines, msg: 'log lines were dropped' });
}
