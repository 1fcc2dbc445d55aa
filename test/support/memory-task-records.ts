import type { TaskStore } from '../../src/store/task-store.ts';
import type { AttemptKey, EndWrite, InheritedWrite, RetryWrite, WriteResult } from '../../src/store/task-writes.ts';
import { keepAttempt } from './memory-attempts.ts';
import type { MemoryDatabase, TaskRow } from './memory-database.ts';
import { isOpen } from './memory-task-reads.ts';

type Records = Pick<TaskStore, Extract<keyof TaskStore, `record${string}`>>;
type Ends = 'recordEnd' | 'recordRetry' | 'recordDetail';
type Intents = 'recordEnding' | 'recordHeld' | 'recordResumed';

/** What the task store on a memory database records of attempts. */
export function memoryTaskRecords(database: MemoryDatabase): Records {
  const write = writerOn(database);
  return {
    recordCreated: write('recordCreated', (row, { jobUid }) =>
      Object.assign(row, { jobUid, nextCheckAtMs: undefined }),
    ),
    recordRenamed: write('recordRenamed', (row, { jobName }) => Object.assign(row, { jobName })),
    recordReleased: write('recordReleased', (row) => Object.assign(row, { nextCheckAtMs: database.nowMs() })),
    recordWaiting: write('recordWaiting', (row, { reason, message, delayMs }) =>
      Object.assign(row, {
        status: 'Pending',
        reason,
        message,
        nextCheckAtMs: database.nowMs() + (row.ending ? Math.min(delayMs, 5_000) : delayMs),
      }),
    ),
    recordProgress: write(
      'recordProgress',
      (row, { status, reason, message, started }) =>
        Object.assign(row, { status, reason, message, startedAtMs: startedAt(row, started, database) }),
      isOpen,
    ),
    ...memoryEnds(database, write),
    ...memoryIntents(database, write),
    recordInherited: (epoch, writes) =>
      database.execute(
        'recordInherited',
        writes.map(({ taskId }) => taskId),
        () => inherit(database, epoch, writes),
      ),
  };
}

type Writer = ReturnType<typeof writerOn>;

function writerOn(database: MemoryDatabase) {
  return <Write extends AttemptKey>(
    name: string,
    set: (row: TaskRow, write: Write) => void,
    applies: (row: TaskRow, write: Write) => boolean = withoutJob,
  ) => {
    return (epoch: number, writes: readonly Write[]): Promise<WriteResult<Write>> =>
      database.execute(
        name,
        writes.map(({ taskId }) => taskId),
        () => writeFenced(database, { epoch, writes, set, applies }),
      );
  };
}

function memoryEnds(database: MemoryDatabase, write: Writer): Pick<Records, Ends> {
  return {
    recordEnd: write<EndWrite>(
      'recordEnd',
      (row, end) => {
        const { status, reason, message, exitCode } = end;
        finish(database, row, end);
        Object.assign(row, { status, reason, message, exitCode, nextCheckAtMs: undefined });
      },
      isJobOf,
    ),
    recordRetry: write<RetryWrite>(
      'recordRetry',
      (row, retry) => {
        const { waitReason: reason, waitMessage: message, exitCode, delayMs, isTry } = retry;
        finish(database, row, retry);
        Object.assign(row, { status: 'Pending', reason, message, exitCode, ending: undefined });
        Object.assign(row, { nextCheckAtMs: database.nowMs() + delayMs });
        if (isTry) row.tries += 1;
        else row.setbacks += 1;
      },
      (row, retry) => isJobOf(row, retry) && row.ending !== 'Cancelled',
    ),
    recordDetail: write('recordDetail', (row, { exitCode }) => Object.assign(row, { exitCode }), isFinished),
  };
}

function memoryIntents(database: MemoryDatabase, write: Writer): Pick<Records, Intents> {
  return {
    recordEnding: write(
      'recordEnding',
      (row, { ending, message }) => {
        Object.assign(row, { ending: row.ending ?? ending, message });
        if (ending === 'Cancelled') row.desired = 'Run';
        if (row.jobUid === undefined) row.nextCheckAtMs = database.nowMs();
      },
      (row, { ending }) => isOpen(row) && (ending !== 'Cancelled' || row.desired === 'Cancel'),
    ),
    recordResumed: write(
      'recordResumed',
      (row) => {
        Object.assign(row, { status: 'Pending', reason: undefined, message: undefined });
        Object.assign(row, { nextCheckAtMs: database.nowMs(), claimedAtMs: database.nowMs() });
      },
      (row) => withoutJob(row) && row.ending === undefined && row.desired === 'Run',
    ),
    recordHeld: write(
      'recordHeld',
      (row) => Object.assign(row, heldRow),
      (row) => withoutJob(row) && row.ending === undefined && row.desired === 'Suspend',
    ),
  };
}

const heldRow = { status: 'Suspended', reason: 'Suspended', nextCheckAtMs: undefined } as const;

function isJobOf(row: TaskRow, { jobUid }: { readonly jobUid: string | undefined }): boolean {
  return isOpen(row) && (row.jobUid === undefined || jobUid === undefined || row.jobUid === jobUid);
}

function isFinished(row: TaskRow): boolean {
  return row.attemptId !== undefined && row.finishedAtMs !== undefined;
}

function finish(database: MemoryDatabase, row: TaskRow, end: EndWrite): void {
  database.archive.set(end.attemptId, end);
  keepAttempt(database, row, end);
  Object.assign(row, { startedAtMs: startedAt(row, end.started, database), jobUid: row.jobUid ?? end.jobUid });
  Object.assign(row, { finishedAtMs: database.nowMs() });
}

/** Such a row has no attempt of ours yet: it is matched by that. */
function inherit(
  database: MemoryDatabase,
  epoch: number,
  writes: readonly InheritedWrite[],
): WriteResult<InheritedWrite> {
  if (database.leader.epoch !== epoch) return { result: 'fenced' };
  const matching = writes.flatMap((write) => {
    const row = database.rows.get(write.taskId);
    return row && row.attemptId === undefined && row.nextCheckAtMs === undefined ? [{ row, write }] : [];
  });
  const isHeld = ({ row }: { readonly row: TaskRow }) => database.held.has(row.taskId);
  for (const { row, write } of matching.filter((match) => !isHeld(match))) {
    const { name: jobName, namespace: jobNamespace, attemptId, jobUid, reason, message } = write;
    Object.assign(row, { attempt: row.attempt + 1, attemptId, rowKey: row.rowKey ?? attemptId });
    Object.assign(row, { jobName, jobNamespace, jobUid, epoch });
    if (jobUid !== undefined) continue;
    Object.assign(row, { status: 'Failed', reason, message, finishedAtMs: database.nowMs() });
  }
  return { result: 'written', passedOver: matching.filter(isHeld).map(({ write }) => write) };
}

interface Batch<Write extends AttemptKey> {
  readonly epoch: number;
  readonly writes: readonly Write[];
  readonly set: (row: TaskRow, write: Write) => void;
  readonly applies: (row: TaskRow, write: Write) => boolean;
}

function writeFenced<Write extends AttemptKey>(
  database: MemoryDatabase,
  { epoch, writes, set, applies }: Batch<Write>,
): WriteResult<Write> {
  if (database.leader.epoch !== epoch) return { result: 'fenced' };
  const matches = (write: Write) => {
    const row = database.rows.get(write.taskId);
    return row && row.attemptId === write.attemptId && applies(row, write) ? row : undefined;
  };
  const matching = writes.filter((write) => matches(write) !== undefined);
  const passedOver = matching.filter(({ taskId }) => database.held.has(taskId));
  for (const write of matching) {
    const row = matches(write);
    if (!row || database.held.has(write.taskId)) continue;
    set(row, write);
    row.epoch = epoch;
  }
  return { result: 'written', passedOver };
}

function withoutJob(row: TaskRow): boolean {
  return isOpen(row) && row.jobUid === undefined;
}

function startedAt(row: TaskRow, started: boolean, database: MemoryDatabase): number | undefined {
  return started ? (row.startedAtMs ?? database.nowMs()) : row.startedAtMs;
}
