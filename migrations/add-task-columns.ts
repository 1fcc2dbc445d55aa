import { sql } from 'kysely';
import { type Migration, MigrationError, type SchemaReader } from './migration.ts';

const userColumns = ['id', 'name', 'namespace', 'info', 'status', 'user_id'] as const;

/** Each with a default, so that an INSERT which names only the first eight columns works for ever. */
const added = [
  ['priority', `INT NOT NULL DEFAULT 0 COMMENT 'user: higher goes first'`],
  ['reason', `VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'why the status is what it is'`],
  ['message', `VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'the reason in a sentence'`],
  ['attempt', `INT NOT NULL DEFAULT 0 COMMENT 'how many attempts were begun'`],
  ['row_key', `CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'identity of this row'`],
  [
    'attempt_id',
    `CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'identity of the newest attempt; open while finished_at is NULL'`,
  ],
  ['job_namespace', `VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL`],
  ['job_name', `VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL`],
  [
    'job_uid',
    `CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'the recorded Job; written once an attempt'`,
  ],
  ['claimed_at', `DATETIME(3) NULL COMMENT 'UTC: when nightwatch took the attempt up'`],
  ['next_check_at', `DATETIME(3) NULL COMMENT 'UTC: when a waiting attempt is looked at again'`],
  ['started_at', `DATETIME(3) NULL COMMENT 'UTC'`],
  ['finished_at', `DATETIME(3) NULL COMMENT 'UTC'`],
  ['epoch', `BIGINT NOT NULL DEFAULT 0 COMMENT 'term that wrote this row last'`],
] as const;

/** What nightwatch keeps in a row beside what its user wrote. */
export const addTaskColumns: Migration = {
  version: 6,
  name: 'add the columns of nightwatch to table task',
  oldestProgram: '0.1.0',
  async statement(schema) {
    const present = await presentColumns(schema);
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

/** An empty set stands for a table that an earlier step of a dry run would have made. */
async function presentColumns(schema: SchemaReader): Promise<ReadonlySet<string>> {
  const present = await schema.columnsOf('task');
  const missing = userColumns.filter((name) => !present.has(name));
  if (present.size > 0 && missing.length > 0) {
    throw new MigrationError(
      `there is a table task without the column ${missing.map((name) => `'${name}'`).join(', ')}: nightwatch would not know how to read it; give it another database, or add the column`,
    );
  }
  return present;
}
