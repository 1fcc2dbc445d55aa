import type { TaskStore } from '../../src/store/task-store.ts';
import type { CancelAnswer, RowKey } from '../../src/store/wish-store.ts';
import type { MemoryDatabase, TaskRow } from './memory-database.ts';
import { isEarly, isOpen } from './memory-task-reads.ts';

type Wishes = Pick<TaskStore, 'delay' | 'answerCancel' | 'hold' | 'resume'>;

/** What the task store on a memory database does about users' wishes where no attempt is open. */
export function memoryWishes(database: MemoryDatabase): Wishes {
  const write = writerOn(database);
  const delay = write<{ readonly taskId: string }>(
    'delay',
    (row) => Object.assign(row, { status: 'Pending', reason: 'Delayed', nextCheckAtMs: database.nowMs() }),
    (row) => row.status === 'Normal' && row.desired === 'Run' && isEarly(row, database.nowMs()),
  );
  return {
    delay: (epoch, taskIds) =>
      delay(
        epoch,
        taskIds.map((taskId) => ({ taskId })),
      ),
    answerCancel: write<CancelAnswer>(
      'answerCancel',
      (row, { answer, reason, message }) => {
        Object.assign(row, { desired: 'Run', message });
        if (answer === 'refused') return;
        Object.assign(row, { status: 'Cancelled', reason, finishedAtMs: database.nowMs(), nextCheckAtMs: undefined });
      },
      (row, key) => row.desired === 'Cancel' && isAsRead(row, key),
    ),
    hold: write<RowKey>(
      'hold',
      (row) => Object.assign(row, { status: 'Suspended', reason: 'Suspended', nextCheckAtMs: undefined }),
      (row, key) => row.desired === 'Suspend' && isAsRead(row, key),
    ),
    resume: write<RowKey>(
      'resume',
      (row) => Object.assign(row, { status: 'Pending', reason: undefined, nextCheckAtMs: database.nowMs() }),
      (row, key) => row.desired === 'Run' && row.reason === 'Suspended' && isAsRead(row, key),
    ),
  };
}

function writerOn(database: MemoryDatabase) {
  return <Write extends { readonly taskId: string }>(
    name: string,
    set: (row: TaskRow, write: Write) => void,
    applies: (row: TaskRow, write: Write) => boolean,
  ) => {
    return (epoch: number, writes: readonly Write[]) =>
      database.execute(
        name,
        writes.map(({ taskId }) => taskId),
        () => {
          if (database.leader.epoch !== epoch) return 'fenced';
          for (const one of writes) {
            const row = database.rows.get(one.taskId);
            if (!row || database.held.has(one.taskId) || isOpen(row) || !applies(row, one)) continue;
            set(row, one);
            row.epoch = epoch;
          }
          return 'written';
        },
      );
  };
}

function isAsRead(row: TaskRow, { status, attemptId }: RowKey): boolean {
  return row.status === status && row.attemptId === attemptId;
}
