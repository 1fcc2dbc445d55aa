import { sql } from 'kysely';
import type { Migration } from '../../../migrations/migration.ts';
import { migrations } from '../../../migrations/migrations.ts';

/** Names the environment variable that says which version a later program is. */
export const laterVersionVariable = 'NIGHTWATCH_TEST_VERSION';

/** A version whose schema this program can work on, and one behind it whose schema it cannot. */
export const laterVersions = { fitting: '0.3.0', breaking: '0.4.0' } as const;

const newest = migrations.at(-1)?.version ?? 0;
const laterSteps: readonly Migration[] = [
  addColumn(newest + 1, 'fitting_note', '0.1.0'),
  addColumn(newest + 2, 'breaking_note', laterVersions.breaking),
];

/** The steps of the schema that a later version knows. */
export function migrationsOf(version: string): readonly Migration[] {
  return [...migrations, ...laterSteps.slice(0, version === laterVersions.breaking ? 2 : 1)];
}

function addColumn(version: number, column: string, oldestProgram: string): Migration {
  return {
    version,
    name: `add column ${column} to table task`,
    oldestProgram,
    async statement(schema) {
      if ((await schema.columnsOf('task')).has(column)) return undefined;
      return sql`ALTER TABLE task ADD COLUMN ${sql.ref(column)} VARCHAR(10) NULL`;
    },
  };
}
