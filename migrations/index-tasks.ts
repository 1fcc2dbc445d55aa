import { type RawBuilder, sql } from 'kysely';
import type { Migration } from './migration.ts';

/** The rows that nobody has taken yet, most urgent first, then oldest: read by every pass of dispatch. */
export const indexNormalTasks = indexTasks(7, 'nightwatch_normal', sql`(status, priority DESC, id)`);

/** Added index nightwatch_due once, which {@link dropDueIndex} drops: it would be built for nothing. */
export const indexDueTasks: Migration = {
  version: 8,
  name: 'add no index nightwatch_due any more',
  oldestProgram: '0.1.0',
  statement: async () => undefined,
};

/** The open attempts: attempt_id set, finished_at NULL. By status would be wrong, users write it. */
export const indexOpenTasks = indexTasks(9, 'nightwatch_open', sql`(finished_at, attempt_id)`);

/** The rows that are not what their users want; the others have no wish and are not read. */
export const indexWishes = indexTasks(12, 'nightwatch_wish', sql`(wish, id)`);

/** What waits for a time: open attempts, and rows between two attempts. */
export const indexWaitingTasks = indexTasks(13, 'nightwatch_waiting', sql`(due_at, id)`);

/** Read by programs before 0.2.0, which had no times that users set. */
export const dropDueIndex: Migration = {
  version: 14,
  name: 'drop index nightwatch_due of table task',
  oldestProgram: '0.2.0',
  async statement(schema) {
    if (!(await schema.hasIndex('task', 'nightwatch_due'))) return undefined;
    return sql`ALTER TABLE task DROP INDEX nightwatch_due`;
  },
};

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
