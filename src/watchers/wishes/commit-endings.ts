import type { EndingWrite } from '../../store/task-writes.ts';
import type { TermContext } from '../watcher.ts';
import { writeAll } from './write-all.ts';

/**
 * Commits that attempts are being ended, and notes of which it was: only those are acted on.
 *
 * What was asked for and what came of it are not the same: a user may have taken a Cancel back, or hold the row, or the
 * answer was lost; so the rows are read again.
 */
export async function commitEndings(context: TermContext, writes: readonly EndingWrite[]): Promise<void> {
  const { attempts, recorder, store, term } = context;
  if (writes.length === 0) return;
  await writeAll(context, writes, async (epoch, batch) => (await store.recordEnding(epoch, batch)).result);
  if (!term.canAct()) return;
  for (const row of await store.readIdentities(writes.map(({ taskId }) => taskId))) {
    if (!row.isOpen || row.ending === undefined || recorder.isEnding(row.attemptId)) continue;
    // One that was claimed a moment ago may not be followed yet: dispatch finds it so, and creates nothing.
    attempts.noteEnding(attempts.follow(row, { jobUid: row.jobUid }), row.ending);
  }
}
