import type { NormalWait, TaskStore } from '../../src/store/task-store.ts';
import type { WishedRow } from '../../src/store/wish-store.ts';
import type { Attempt, ClaimedTask, OpenAttempt } from '../../src/task/task.ts';
import type { MemoryDatabase, TaskRow } from './memory-database.ts';

type Reads = Pick<
  TaskStore,
  | 'listNormal'
  | 'listDue'
  | 'hasWishes'
  | 'listWishes'
  | 'listOpen'
  | 'listInherited'
  | 'isCarried'
  | 'readIdentities'
  | 'readOpen'
>;

/** What the task store on a memory database reads. */
export function memoryReads(database: MemoryDatabase): Reads {
  return { ...memoryLists(database), ...memoryWishLists(database), ...memoryLookups(database) };
}

type Lookups = 'isCarried' | 'readIdentities' | 'readOpen';

function memoryLists(database: MemoryDatabase): Omit<Reads, Lookups | 'hasWishes' | 'listWishes'> {
  const rows = () => [...database.rows.values()];
  return {
    async listNormal(limit, after, wait) {
      if (wait) await waitForNormal(rows, wait);
      return await database.execute('listNormal', [], () => {
        const isBehind = (row: TaskRow) => after === undefined || compareNormal(row, after) > 0;
        const range = rows().filter((row) => row.status === 'Normal' && isBehind(row));
        const page = range.toSorted(compareNormal).slice(0, limit);
        const last = page.at(-1);
        return {
          rows: page.map((row) => ({
            taskId: row.taskId,
            openAttemptId: isOpen(row) ? row.attemptId : undefined,
            mayRun: row.desired === 'Run',
            isEarly: isEarly(row, database.nowMs()),
          })),
          next: last && page.length === limit ? { priority: last.priority, taskId: last.taskId } : undefined,
        };
      });
    },
    listDue: (limit) =>
      database.execute('listDue', [], () => {
        const due = rows().filter((row) => dueAtMs(row) <= database.nowMs());
        const sorted = due.toSorted((a, b) => dueAtMs(a) - dueAtMs(b) || compareIds(a.taskId, b.taskId));
        return sorted.slice(0, limit).map((row) => ({ taskId: row.taskId, isOpen: isOpen(row) }));
      }),
    listOpen: (limit, after = '') =>
      database.execute('listOpen', [], () => {
        const open = rows().flatMap((row) => toOpenAttempt(row) ?? []);
        const behind = open.filter(({ attemptId }) => attemptId > after);
        const page = behind.toSorted((a, b) => (a.attemptId < b.attemptId ? -1 : 1)).slice(0, limit);
        return { attempts: page, next: page.length === limit ? page.at(-1)?.attemptId : undefined };
      }),
    listInherited: (namespaces, limit, after = '0') =>
      database.execute('listInherited', [], () =>
        rows()
          .filter((row) => isInherited(row) && namespaces.includes(row.namespace) && BigInt(row.taskId) > BigInt(after))
          .toSorted((left, right) => Number(left.taskId) - Number(right.taskId))
          .slice(0, limit),
      ),
  };
}

async function waitForNormal(rows: () => readonly TaskRow[], { firstMs, everyMs, looks }: NormalWait): Promise<void> {
  for (let look = 1; look <= looks; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, look === 1 ? firstMs : everyMs));
    if (rows().some(({ status }) => status === 'Normal')) return;
  }
}

function memoryWishLists(database: MemoryDatabase): Pick<Reads, 'hasWishes' | 'listWishes'> {
  const rows = () => [...database.rows.values()];
  return {
    hasWishes: () => database.execute('hasWishes', [], () => rows().some((row) => wishOf(row) !== undefined)),
    listWishes: (wish, limit, after = '0') =>
      database.execute('listWishes', [], () =>
        rows()
          .filter((row) => wishOf(row) === wish && BigInt(row.taskId) > BigInt(after))
          .toSorted((a, b) => compareIds(a.taskId, b.taskId))
          .slice(0, limit)
          .map((row) => ({
            ...{ taskId: row.taskId, wish, status: row.status, attemptId: row.attemptId },
            ...{ stage: stageOf(row), hasJob: row.jobUid !== undefined },
          })),
      ),
  };
}

function memoryLookups(database: MemoryDatabase): Pick<Reads, Lookups> {
  return {
    isCarried: ({ taskId, attemptId }) =>
      database.execute('isCarried', [taskId], () => database.rows.get(taskId)?.attemptId === attemptId),
    readIdentities: (taskIds) =>
      database.execute('readIdentities', taskIds, () => {
        const found = taskIds.flatMap((taskId) => database.rows.get(taskId) ?? []);
        return found.flatMap((row) => {
          const attempt = toAttempt(row);
          return attempt ? [{ ...attempt, jobUid: row.jobUid, isOpen: isOpen(row), ending: row.ending }] : [];
        });
      }),
    readOpen: (taskId) =>
      database.execute('readOpen', [taskId], () => {
        const row = database.rows.get(taskId);
        return row && toOpenAttempt(row);
      }),
  };
}

/** An attempt is open while it is set and has not finished. */
export function isOpen(row: TaskRow): boolean {
  return row.attemptId !== undefined && row.finishedAtMs === undefined;
}

export function isEarly({ notBeforeMs }: TaskRow, nowMs: number): boolean {
  return notBeforeMs !== undefined && notBeforeMs > nowMs;
}

/** When a row that waits is taken up; for ever, where it does not wait. */
export function dueAtMs(row: TaskRow): number {
  if (row.nextCheckAtMs === undefined) return Number.POSITIVE_INFINITY;
  return isOpen(row) ? row.nextCheckAtMs : Math.max(row.nextCheckAtMs, row.notBeforeMs ?? row.nextCheckAtMs);
}

function wishOf({ desired, status }: TaskRow): WishedRow['wish'] | undefined {
  if (desired === 'Cancel') return 'Cancel';
  if (desired === 'Suspend') return ['Normal', 'Pending', 'Running'].includes(status) ? 'Suspend' : undefined;
  return status === 'Suspended' ? 'Resume' : undefined;
}

function stageOf(row: TaskRow): WishedRow['stage'] {
  if (isOpen(row)) return 'open';
  const isHeld = row.status === 'Suspended' && row.reason === 'Suspended';
  return row.nextCheckAtMs !== undefined || row.status === 'Normal' || isHeld ? 'waiting' : 'ended';
}

export function toClaimedTask(row: TaskRow, isRetaken: boolean, nowMs: number): ClaimedTask {
  const attempt = toAttempt(row);
  if (!attempt) throw new Error(`row ${row.taskId} has no attempt`);
  const infoBytes = Buffer.byteLength(row.info);
  const { name: taskName, info, ending, desired, tries, setbacks } = row;
  const ageMs = nowMs - (row.claimedAtMs ?? nowMs);
  return { ...attempt, taskName, info, infoBytes, isRetaken, ageMs, ending, desired, tries, setbacks };
}

function toAttempt(row: TaskRow): Attempt | undefined {
  const { taskId, userId, attemptId, rowKey, attempt: number, jobNamespace: namespace, jobName } = row;
  if (attemptId === undefined || rowKey === undefined) return undefined;
  return { taskId, userId, attemptId, rowKey, number, namespace, jobName };
}

function toOpenAttempt(row: TaskRow): OpenAttempt | undefined {
  const attempt = toAttempt(row);
  if (!attempt || !isOpen(row)) return undefined;
  const { jobUid, status, reason, epoch, ending, tries, setbacks } = row;
  const started = row.startedAtMs !== undefined;
  const isInherited = row.claimedAtMs === undefined;
  return { ...attempt, jobUid, status, reason, started, isInherited, epoch, ending, tries, setbacks };
}

function isInherited(row: TaskRow): boolean {
  const isLeftOpen = ['Pending', 'Running', 'Unknown'].includes(row.status);
  return isLeftOpen && row.attemptId === undefined && row.nextCheckAtMs === undefined;
}

interface NormalOrder {
  readonly priority: number;
  readonly taskId: string;
}

/** Highest priority first, then the oldest id. */
function compareNormal(a: NormalOrder, b: NormalOrder): number {
  return b.priority - a.priority || compareIds(a.taskId, b.taskId);
}

function compareIds(a: string, b: string): number {
  return Number(BigInt(a) - BigInt(b));
}
