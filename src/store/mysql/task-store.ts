import { sql } from 'kysely';
import type { OpenAttempt } from '../../task/task.ts';
import type { TaskStore } from '../task-store.ts';
import { createClaims } from './claim-tasks.ts';
import type { Database } from './database.ts';
import { createRanges } from './read-ranges.ts';
import { createRecords } from './record-attempts.ts';

/** The task store on MySQL and MariaDB. */
export function createTaskStore(database: Database): TaskStore {
  return { ...createClaims(database), ...createRecords(database), ...createLists(database), ...createRanges(database) };
}

type Lists = Pick<TaskStore, 'listOpen' | 'listInherited' | 'isCarried' | 'readIdentities' | 'readOpen'>;

function createLists(database: Database): Lists {
  return {
    async listOpen(limit, after) {
      const { rows } = await sql<OpenRow>`
        SELECT ${openColumns} FROM task FORCE INDEX (nightwatch_open)
        WHERE finished_at IS NULL AND attempt_id > ${after ?? ''} ORDER BY attempt_id LIMIT ${limit}`.execute(database);
      return { attempts: rows.map(toOpenAttempt), next: rows.length === limit ? rows.at(-1)?.attempt_id : undefined };
    },
    async listInherited(namespaces, limit, after = '0') {
      const ranges = inheritedStatuses.map(
        (status) => sql`(SELECT id, user_id, name, namespace FROM task FORCE INDEX (nightwatch_normal)
          WHERE status = ${status} AND attempt_id IS NULL AND next_check_at IS NULL AND namespace IN (${sql.join(namespaces)})
            AND id > ${BigInt(after)} ORDER BY id LIMIT ${limit})`,
      );
      const { rows } = await sql<{
        id: string;
        name: string;
        namespace: string;
      }>`${sql.join(ranges, sql` UNION ALL `)} ORDER BY id LIMIT ${limit}`.execute(database);
      return rows.map((row) => ({ taskId: String(row.id), name: row.name, namespace: row.namespace }));
    },
    async isCarried({ taskId, attemptId }) {
      const { rows } = await sql`SELECT 1 FROM task WHERE id = ${BigInt(taskId)} AND attempt_id = ${attemptId}`.execute(
        database,
      );
      return rows.length > 0;
    },
    async readIdentities(taskIds) {
      if (taskIds.length === 0) return [];
      const { rows } = await sql<OpenRow & { open: number }>`
        SELECT ${openColumns}, finished_at IS NULL AS open FROM task FORCE INDEX (PRIMARY)
        WHERE id IN (${sql.join(taskIds.map((id) => BigInt(id)))}) AND attempt_id IS NOT NULL`.execute(database);
      return rows.map((row) => ({ ...toOpenAttempt(row), isOpen: Number(row.open) === 1 }));
    },
    async readOpen(taskId) {
      const { rows } = await sql<OpenRow>`
        SELECT ${openColumns} FROM task WHERE id = ${BigInt(taskId)} AND attempt_id IS NOT NULL AND finished_at IS NULL`.execute(
        database,
      );
      return rows[0] && toOpenAttempt(rows[0]);
    },
  };
}

/** What the system before this one wrote into rows whose Job had not ended. */
const inheritedStatuses = ['Pending', 'Running', 'Unknown'] as const;

interface OpenRow {
  /** A string from a BIGINT, a number where the user made the column shorter. */
  readonly id: string | number;
  readonly user_id: string | number;
  readonly attempt_id: string;
  readonly row_key: string | null;
  readonly attempt: number;
  readonly job_namespace: string | null;
  readonly job_name: string | null;
  readonly job_uid: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly started: number;
  readonly inherited: number;
  readonly epoch: string;
}

const openColumns = sql`id, user_id, attempt_id, row_key, attempt, job_namespace, job_name, job_uid, status, reason, started_at IS NOT NULL AS started, claimed_at IS NULL AS inherited, epoch`;

function toOpenAttempt(row: OpenRow): OpenAttempt {
  return {
    taskId: String(row.id),
    userId: String(row.user_id),
    attemptId: row.attempt_id,
    // NULL only where somebody else has written an attempt into the row.
    rowKey: row.row_key ?? '',
    number: row.attempt,
    namespace: row.job_namespace ?? '',
    jobName: row.job_name ?? '',
    jobUid: row.job_uid ?? undefined,
    status: row.status,
    reason: row.reason ?? undefined,
    started: Number(row.started) === 1,
    isInherited: Number(row.inherited) === 1,
    epoch: Number(row.epoch),
  };
}
