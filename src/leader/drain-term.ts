import { setTimeout as sleep } from 'node:timers/promises';
import type { Term } from './term.ts';

/** A term ended and what it had begun did not: only the end of the process stops that in time. */
export class DrainError extends Error {
  override readonly name = 'DrainError';
}

/** How long what is in flight may take to finish, while the lease is still renewed. */
const patienceMs = 4_000;

/**
 * Waits until all that the term began has ended: patiently while it only drains, then at the latest until the moment
 * from which another leader may act.
 *
 * @throws {DrainError} when that moment comes first
 */
export async function drainTerm(term: Term, finished: Promise<void>): Promise<void> {
  const done = new AbortController();
  const finishing = finished.finally(() => done.abort());
  if (!term.ended.aborted) await pause(patienceMs, AbortSignal.any([done.signal, term.ended]));
  if (!done.signal.aborted) term.end('draining took too long');
  while (!done.signal.aborted) {
    const leftMs = term.hardLeftMs();
    if (leftMs <= 0) throw new DrainError('what the term had begun did not end before its lease did');
    await pause(leftMs, done.signal);
  }
  await finishing;
}

/** An abort only shortens it. */
async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal }).catch(() => {});
}
