import { type RawBuilder, sql } from 'kysely';
import type { Migration } from './migration.ts';

/** The rows that nobody has taken yet, most urgent first, then oldest: read by every pass of dispatch. */
export const indexNormalTasks = indexTasks(7, 'nightwatch_normal', sql`(status, priority DESC, id)`);

/** The attempts that wait for a time, whatever their status (users write it). */
export const indexDueTasks = indexTasks(8, 'nightwatch_due', sql`(next_check_at, id)`);

/** The open attempts: attempt_id set, finished_at NULL. By status would be wrong, users write it. */
export const indexOpenTasks = indexTasks(9, 'nightwatch_open', sql`(finished_at, attempt_id)`);

function indexTasks(version: number, index: string, columns: RawBuilder<unknown>): Migration {
  return {
    version,
    name: `add index ${index} to table task`,
    oldestProgram: '0.1.0',
    async statement(schema) {
      if (await schema.hasIndex('task', index)) return undefined;
      return sql`ALTER TABLE task ADD INDEX ${sql.ref(index)} ${columns}`;
    },
  };
}
