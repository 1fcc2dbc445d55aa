import { DummyDriver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler } from 'kysely';
import type { SchemaReader } from '../../migrations/migration.ts';
import { migrations } from '../../migrations/migrations.ts';

/** A database without anything in it. */
const emptySchema: SchemaReader = {
  hasTable: async () => false,
  columnsOf: async () => new Set(),
  hasIndex: async () => false,
  hasRow: async () => false,
};

const compilerOnly = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new MysqlAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new MysqlIntrospector(database),
    createQueryCompiler: () => new MysqlQueryCompiler(),
  },
});

/** The columns that table `task` has once all migrations are through, as their SQL names them. */
export async function taskColumns(): Promise<readonly string[]> {
  const statements = await Promise.all(migrations.map((migration) => migration.statement(emptySchema)));
  const texts = statements.flatMap((statement) =>
    statement === undefined ? [] : [statement.compile(compilerOnly).sql],
  );
  return texts.flatMap((text) => [...createdColumns(text), ...addedColumns(text)]);
}

function createdColumns(sql: string): readonly string[] {
  if (!/^CREATE TABLE `?task`? /.test(sql)) return [];
  return [...sql.matchAll(/^ +(?!PRIMARY |UNIQUE |KEY )`?(\w+)`? [A-Z]/gm)].map(([, column]) => column ?? '');
}

function addedColumns(sql: string): readonly string[] {
  if (!/^ALTER TABLE `?task`?\s/.test(sql)) return [];
  return [...sql.matchAll(/ADD COLUMN `?(\w+)`?/g)].map(([, column]) => column ?? '');
}
