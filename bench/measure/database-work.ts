import type { Connection } from 'mysql2/promise';
import { z } from 'zod';

const counters = z.array(z.object({ Variable_name: z.string(), Value: z.coerce.number() }));
const wanted =
  "SHOW GLOBAL STATUS WHERE Variable_name IN ('Questions', 'Com_select', 'Com_update') OR Variable_name LIKE 'Handler_read%'";

/** What a database server was asked to do in a span of time, by everybody but the benchmark. */
export interface DatabaseWork {
  readonly statements: number;
  readonly selects: number;
  readonly updates: number;
  /** How often a row or an entry of an index was read. */
  readonly rowsRead: number;
}

/** Begins a span; the returned function ends it. What it costs to look at the counters is taken off. */
export async function measureDatabase(user: Connection): Promise<() => Promise<DatabaseWork>> {
  const first = await read(user);
  const before = await read(user);
  const looking = subtract(before, first);
  return async () => subtract(subtract(await read(user), before), looking);
}

async function read(user: Connection): Promise<DatabaseWork> {
  const [rows] = await user.query(wanted);
  const values = new Map(counters.parse(rows).map(({ Variable_name, Value }) => [Variable_name, Value]));
  const read = [...values].filter(([name]) => name.startsWith('Handler_read'));
  return {
    statements: values.get('Questions') ?? 0,
    selects: values.get('Com_select') ?? 0,
    updates: values.get('Com_update') ?? 0,
    rowsRead: read.reduce((sum, [, value]) => sum + value, 0),
  };
}

function subtract(after: DatabaseWork, before: DatabaseWork): DatabaseWork {
  return {
    statements: after.statements - before.statements,
    selects: after.selects - before.selects,
    updates: after.updates - before.updates,
    rowsRead: after.rowsRead - before.rowsRead,
  };
}
