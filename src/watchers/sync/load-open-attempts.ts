import { setTimeout as sleep } from 'node:timers/promises';
import { growLittle } from '../../heap-growth.ts';
import { isStoreError } from '../../store/store-error.ts';
import type { OpenPage } from '../../store/task-store.ts';
import type { OpenAttempt } from '../../task/task.ts';
import type { TermContext } from '../watcher.ts';

const pageSize = 500;

/**
 * Takes over what former terms left open.
 *
 * A claim of a former term that has no Job yet is due at once: its leader is gone, or at least fenced, and a create that
 * it had still sent is found by name. Waits keep their time, but for those that may have been that leader's own trouble.
 */
export async function loadOpenAttempts({ store, attempts, recorder, term, log }: TermContext): Promise<void> {
  using _walk = growLittle();
  attempts.isLoading = true;
  let after: string | undefined;
  let loaded = 0;
  do {
    const page = await readPage(after);
    for (const attempt of page.attempts) {
      attempts.takeUp(attempt);
      if (isFormerClaim(attempt, term.epoch)) recorder.released.add(attempt);
    }
    loaded += page.attempts.length;
    after = page.next;
  } while (after !== undefined);
  attempts.isLoading = false;
  log.info({ open: loaded, epoch: term.epoch }, 'took over open attempts');

  async function readPage(from: string | undefined): Promise<OpenPage> {
    for (;;) {
      term.draining.throwIfAborted();
      try {
        return await store.listOpen(pageSize, from);
      } catch (error) {
        if (!isStoreError(error)) throw error;
        log.warn({ err: error }, 'open attempts cannot be read, trying again');
        await sleep(500, undefined, { signal: term.draining });
      }
    }
  }
}

function isFormerClaim({ jobUid, reason, ending, epoch }: OpenAttempt, currentEpoch: number): boolean {
  const wasLeadersOwn = reason === undefined || reason === 'ApiUnavailable';
  // One that is being ended waits for nothing any more.
  return jobUid === undefined && (wasLeadersOwn || ending !== undefined) && epoch < currentEpoch;
}
