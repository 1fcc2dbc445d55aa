import type {
  AttemptStore,
  AttemptWriteResult,
  CleanUp,
  EndedAttempt,
  LogWrite,
} from '../../src/store/attempt-store.ts';
import type { EndWrite } from '../../src/store/task-writes.ts';
import type { MemoryDatabase, TaskRow } from './memory-database.ts';

/** A row of the table task_attempt, as far as nightwatch looks at it; times are the database's own milliseconds. */
export interface KeptAttempt extends Omit<EndedAttempt, 'sinceEndMs'> {
  readonly finishedAtMs: number;
  exitCode: number | undefined;
  logDueAtMs: number | undefined;
  cleanUpAtMs: number | undefined;
  ending: 'CleanUp' | undefined;
  log: string | undefined;
  isCut: boolean;
  logNote: string | undefined;
  epoch: number;
}

/** Keeps what became of an attempt, once. */
export function keepAttempt(database: MemoryDatabase, row: TaskRow, end: EndWrite): void {
  const nowMs = database.nowMs();
  const { jobNamespace: namespace, jobName, epoch } = row;
  const { attemptId, taskId, status, exitCode, cleanUpSeconds } = end;
  const before = database.kept.get(attemptId);
  database.kept.set(attemptId, {
    ...{ attemptId, taskId, namespace, jobName, jobUid: row.jobUid ?? end.jobUid, status, exitCode, epoch },
    ...{ finishedAtMs: nowMs, logDueAtMs: end.hasLog ? nowMs : undefined },
    cleanUpAtMs: cleanUpSeconds === undefined ? undefined : nowMs + cleanUpSeconds * 1_000,
    ending: undefined,
    ...{ log: before?.log, isCut: before?.isCut ?? false, logNote: before?.logNote },
  });
}

/** What the task store on a memory database does about attempts that have ended. */
export function memoryAttempts(database: MemoryDatabase): AttemptStore {
  const write: Write = (name, epoch, attemptIds, set) =>
    database.execute(name, attemptIds, () => {
      if (database.leader.epoch !== epoch) return 'fenced';
      const kept = attemptIds.flatMap((id) => (database.held.has(id) ? [] : (database.kept.get(id) ?? [])));
      for (const each of kept) set(Object.assign(each, { epoch }));
      return kept.length === attemptIds.length ? 'written' : 'held';
    });
  return {
    ...memoryLogs(database, write),
    ...memoryCleanUps(database, write),
    // Nobody asks the model for limits of history.
    findHistoryEnd: async () => undefined,
    listHistory: async () => [],
    deleteHistory: async () => 'written',
  };
}

type Write = (
  name: string,
  epoch: number,
  attemptIds: readonly string[],
  set: (kept: KeptAttempt) => void,
) => Promise<AttemptWriteResult>;

type Logs = 'listLogsDue' | 'storeLog' | 'storeOpenLog' | 'postponeLog';
type CleanUps = 'listCleanUps' | 'intendCleanUp' | 'confirmCleanUp' | 'postponeCleanUp';

function memoryLogs(database: MemoryDatabase, write: Write): Pick<AttemptStore, Logs> {
  return {
    listLogsDue: (limit) =>
      database.execute('listLogsDue', [], () =>
        dueIn(database, ({ logDueAtMs }) => logDueAtMs)
          .slice(0, limit)
          .map((kept) => toEnded(kept, database)),
      ),
    async storeLog(epoch, writes) {
      const byAttempt = new Map(writes.map((log) => [log.attemptId, log]));
      const result = await write('storeLog', epoch, [...byAttempt.keys()], (kept) => {
        const { text, isCut, note, exitCode } = byAttempt.get(kept.attemptId) ?? {};
        if (text !== undefined || kept.log === undefined) Object.assign(kept, { log: text, isCut, logNote: note });
        kept.logDueAtMs = undefined;
        kept.exitCode ??= exitCode;
      });
      const isDue = ({ attemptId }: LogWrite) => database.kept.get(attemptId)?.logDueAtMs !== undefined;
      return result === 'fenced' ? { result } : { result: 'written', passedOver: writes.filter(isDue) };
    },
    storeOpenLog: (epoch, { attemptId, taskId, text, isCut, note }) =>
      database.execute('storeOpenLog', [taskId], () => {
        if (database.leader.epoch !== epoch) return 'fenced';
        const row = database.rows.get(taskId);
        if (row?.attemptId !== attemptId || row.finishedAtMs !== undefined || database.held.has(taskId)) return 'held';
        const end = { attemptId, taskId, status: 'Failed', reason: undefined, message: undefined } as const;
        keepAttempt(database, row, { ...end, jobUid: row.jobUid, started: true });
        Object.assign(database.kept.get(attemptId) ?? {}, { log: text, isCut, logNote: note });
        return 'written';
      }),
    postponeLog: (epoch, attemptId, delayMs) =>
      write('postponeLog', epoch, [attemptId], (kept) => {
        kept.logDueAtMs = database.nowMs() + delayMs;
      }),
  };
}

function memoryCleanUps(database: MemoryDatabase, write: Write): Pick<AttemptStore, CleanUps> {
  return {
    listCleanUps: (limit) =>
      database.execute('listCleanUps', [], () =>
        dueIn(database, ({ cleanUpAtMs, logDueAtMs }) => (logDueAtMs === undefined ? cleanUpAtMs : undefined))
          .slice(0, limit)
          .map((kept): CleanUp => ({ ...toEnded(kept, database), isIntended: kept.ending === 'CleanUp' })),
      ),
    intendCleanUp: (epoch, attemptIds) =>
      write('intendCleanUp', epoch, attemptIds, (kept) => {
        kept.ending = 'CleanUp';
      }),
    confirmCleanUp: (epoch, attemptIds) =>
      write('confirmCleanUp', epoch, attemptIds, (kept) => {
        kept.cleanUpAtMs = undefined;
      }),
    postponeCleanUp: (epoch, attemptId, delayMs) =>
      write('postponeCleanUp', epoch, [attemptId], (kept) => {
        kept.cleanUpAtMs = database.nowMs() + delayMs;
      }),
  };
}

function dueIn(database: MemoryDatabase, atMs: (kept: KeptAttempt) => number | undefined): readonly KeptAttempt[] {
  return [...database.kept.values()]
    .filter((kept) => (atMs(kept) ?? Number.POSITIVE_INFINITY) <= database.nowMs())
    .toSorted((left, right) => (atMs(left) ?? 0) - (atMs(right) ?? 0));
}

function toEnded(kept: KeptAttempt, database: MemoryDatabase): EndedAttempt {
  const { attemptId, taskId, namespace, jobName, jobUid, status, exitCode, finishedAtMs } = kept;
  const sinceEndMs = database.nowMs() - finishedAtMs;
  return { attemptId, taskId, namespace, jobName, jobUid, status, exitCode, sinceEndMs };
}
