import { sql } from 'kysely';
import { type Migration, MigrationError } from './migration.ts';

/**
 * Where a row stands whose user wants something other than what it does; NULL for all that are as they should be.
 *
 * The words have a character set of their own: else the table would have that of whoever migrated it.
 */
const wish = `VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin AS (CASE
    WHEN desired = 'Cancel' THEN _ascii'Cancel'
    WHEN desired = 'Suspend' AND status IN ('Normal', 'Pending', 'Running') THEN _ascii'Suspend'
    WHEN desired = 'Run' AND status = 'Suspended' THEN _ascii'Resume' END) VIRTUAL
    COMMENT 'what its user wants and it does not do yet'`;

/** An open attempt waits for nothing but its own next look; a row between two attempts also for its user's time. */
const dueAt = `DATETIME(3) AS (IF(attempt_id IS NOT NULL AND finished_at IS NULL, next_check_at,
    GREATEST(next_check_at, COALESCE(not_before, next_check_at)))) VIRTUAL COMMENT 'UTC: when it is taken up again'`;

/** SQL compares without trailing spaces, so 'Cancel ' would pass for 'Cancel'. */
const desired = `VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'Run'
    COMMENT 'user: Run, Suspend or Cancel'
    CHECK (desired IN ('Run', 'Suspend', 'Cancel') AND desired NOT LIKE '% ')`;

const added = [
  ['desired', desired],
  ['not_before', `DATETIME(3) NULL COMMENT 'user, UTC: not to be started earlier'`],
  ['ending', `VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'why the open attempt is being ended'`],
  ['exit_code', `INT NULL COMMENT 'of the container, once the attempt has ended'`],
  ['tries', `INT NOT NULL DEFAULT 0 COMMENT 'attempts used up since the status was Normal'`],
  ['setbacks', `INT NOT NULL DEFAULT 0 COMMENT 'attempts since then that failed before a container started'`],
  ['due_at', dueAt],
  ['wish', wish],
] as const;

/** What a user may want of a row beside having it run, and what nightwatch keeps to do it. */
export const addLifecycleColumns: Migration = {
  version: 10,
  name: 'add the columns of the life of a task to table task',
  oldestProgram: '0.1.0',
  async statement(schema) {
    const present = await schema.columnsOf('task');
    const foreign = added.map(([name]) => name).filter((name) => present.has(name));
    if (foreign.length === added.length) return undefined;
    // One ALTER is atomic: some but not all of the columns were made by somebody else, with who knows what in them.
    if (foreign.length > 0) {
      throw new MigrationError(
        `table task already has a column ${foreign.map((name) => `'${name}'`).join(', ')}, which nightwatch needs for itself: rename it, then migrate again`,
      );
    }
    const clauses = added.map(([name, type]) => sql`\n  ADD COLUMN ${sql.ref(name)} ${sql.raw(type)}`);
    return sql`ALTER TABLE task${sql.join(clauses)}`;
  },
};
