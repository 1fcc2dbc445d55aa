import type { ClaimResult, TaskStore } from '../../src/store/task-store.ts';
import { laterName } from '../../src/task/later-name.ts';
import { memoryAttempts } from './memory-attempts.ts';
import type { MemoryDatabase, TaskRow } from './memory-database.ts';
import { dueAtMs, isEarly, isOpen, memoryReads, toClaimedTask } from './memory-task-reads.ts';
import { memoryTaskRecords } from './memory-task-records.ts';
import { memoryWishes } from './memory-wishes.ts';

/**
 * The task store on a memory database.
 *
 * A model of what the port promises: writes are refused under another epoch, pass over held rows, and match only the
 * open attempt that they name.
 */
export function memoryTaskStore(database: MemoryDatabase): TaskStore {
  return {
    ...memoryReads(database),
    ...memoryClaims(database),
    ...memoryTaskRecords(database),
    ...memoryWishes(database),
    ...memoryAttempts(database),
  };
}

function memoryClaims(database: MemoryDatabase): Pick<TaskStore, 'claimNormal' | 'claimDue'> {
  let claims = 0;
  function claim(
    epoch: number,
    taskIds: readonly string[],
    take: (row: TaskRow) => boolean,
    isRetaken: boolean,
  ): ClaimResult {
    if (database.leader.epoch !== epoch) return { result: 'fenced' };
    const rows = taskIds.flatMap((taskId) => database.rows.get(taskId) ?? []);
    const taken = rows.filter((row) => !database.held.has(row.taskId) && take(row));
    for (const row of taken) row.epoch = epoch;
    return { result: 'claimed', tasks: taken.map((row) => toClaimedTask(row, isRetaken, database.nowMs())) };
  }
  return {
    claimNormal(epoch, taskIds, leaseMs) {
      const take = (row: TaskRow) => {
        const nowMs = database.nowMs();
        const isNew = row.status === 'Normal' && !isEarly(row, nowMs);
        if (isOpen(row) || row.desired !== 'Run' || !(isNew || dueAtMs(row) <= nowMs)) return false;
        if (row.status === 'Normal') Object.assign(row, { tries: 0, setbacks: 0 });
        claims += 1;
        begin(row, `attempt-${claims}-of-${row.taskId}`, database.nowMs(), leaseMs);
        return true;
      };
      return database.execute('claimNormal', taskIds, () => claim(epoch, taskIds, take, false));
    },
    claimDue(epoch, taskIds, leaseMs) {
      const take = (row: TaskRow) => {
        const isDue = (row.nextCheckAtMs ?? Number.POSITIVE_INFINITY) <= database.nowMs();
        if (!isDue || !isOpen(row) || row.jobUid !== undefined) return false;
        row.nextCheckAtMs = database.nowMs() + leaseMs;
        return true;
      };
      return database.execute('claimDue', taskIds, () => claim(epoch, taskIds, take, true));
    },
  };
}

/** The intent: a new attempt, with all that was said of the former one taken back. */
function begin(row: TaskRow, attemptId: string, nowMs: number, leaseMs: number): void {
  const attempt = row.attempt + 1;
  Object.assign(row, {
    status: 'Pending',
    attempt,
    attemptId,
    rowKey: row.rowKey ?? attemptId,
    jobNamespace: row.namespace,
    jobName: attempt === 1 ? row.name : laterName(row.name, row.taskId, attempt),
    claimedAtMs: nowMs,
    nextCheckAtMs: nowMs + leaseMs,
    ...{ reason: undefined, message: undefined, jobUid: undefined, startedAtMs: undefined, finishedAtMs: undefined },
    ...{ ending: undefined, exitCode: undefined },
  });
}
