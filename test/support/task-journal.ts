import assert from 'node:assert/strict';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';

const journalEntry = z.object({
  seq: z.coerce.number(),
  task_id: z.coerce.string(),
  old_epoch: z.coerce.number(),
  new_epoch: z.coerce.number(),
  old_status: z.string(),
  new_status: z.string(),
  old_attempt: z.coerce.number(),
  new_attempt: z.coerce.number(),
  old_finished: z.coerce.boolean(),
  new_finished: z.coerce.boolean(),
  old_job_uid: z.string().nullable(),
  new_job_uid: z.string().nullable(),
});

/** One change of a row of `task`, as a trigger saw it; changes of one row are in their order. */
export type JournalEntry = z.infer<typeof journalEntry>;

const columns = Object.keys(journalEntry.shape).filter((name) => name !== 'seq');

/** Makes the database keep a journal of all changes of `task` from now on. */
export async function keepTaskJournal(admin: Connection): Promise<void> {
  await admin.query(`CREATE TABLE task_journal (
    seq BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, task_id BIGINT NOT NULL,
    old_epoch BIGINT NOT NULL, new_epoch BIGINT NOT NULL, old_status VARCHAR(45), new_status VARCHAR(45),
    old_attempt INT NOT NULL, new_attempt INT NOT NULL, old_finished BOOL NOT NULL, new_finished BOOL NOT NULL,
    old_job_uid CHAR(36) NULL, new_job_uid CHAR(36) NULL, at DATETIME(6) NOT NULL)`);
  await admin.query(`CREATE TRIGGER task_journal AFTER UPDATE ON task FOR EACH ROW
    INSERT INTO task_journal (${columns.join(', ')}, at) VALUES (NEW.id, OLD.epoch, NEW.epoch, OLD.status, NEW.status,
      OLD.attempt, NEW.attempt, OLD.finished_at IS NOT NULL, NEW.finished_at IS NOT NULL, OLD.job_uid, NEW.job_uid,
      UTC_TIMESTAMP(6))`);
}

/** Reads the journal, from an entry on unless all of it is wanted. */
export async function readTaskJournal(connection: Connection, afterSeq = 0): Promise<readonly JournalEntry[]> {
  const [rows] = await connection.query(
    `SELECT seq, ${columns.join(', ')} FROM task_journal WHERE seq > ? ORDER BY seq`,
    [afterSeq],
  );
  return z.array(journalEntry).parse(rows);
}

/**
 * Asserts what holds of every change, whoever led: no row is written by an older epoch than before, the Job of an
 * attempt is recorded once, and an ended attempt stays as it ended.
 */
export function assertNoStaleWrite(journal: readonly JournalEntry[]): void {
  const faults = journal.filter((entry) => {
    const isSameAttempt = entry.old_attempt === entry.new_attempt;
    const isBack = entry.new_epoch < entry.old_epoch;
    const isRecordedAnew = isSameAttempt && entry.old_job_uid !== null && entry.new_job_uid !== entry.old_job_uid;
    const isReopened = isSameAttempt && entry.old_finished && !entry.new_finished;
    return isBack || isRecordedAnew || isReopened;
  });
  assert.deepEqual(faults, [], 'changes that no leader may make');
}
