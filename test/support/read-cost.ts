import {
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  RawNode,
  type RootOperationNode,
  sql,
} from 'kysely';
import { z } from 'zod';
import type { Database } from '../../src/store/mysql/database.ts';

const counters = z.array(z.object({ Value: z.coerce.number() }));
const plans = z.array(z.object({ key: z.string().nullable(), Extra: z.string().nullable() }));
export type PlanLine = z.infer<typeof plans>[number];

/** How many rows the storage engine was asked for during a call, on the database's only connection. */
export async function rowsReadBy(database: Database, call: () => Promise<unknown>): Promise<number> {
  // To show the counters costs reads itself.
  const start = await readCounters(database);
  const showing = (await readCounters(database)) - start;
  const before = await readCounters(database);
  await call();
  return (await readCounters(database)) - before - showing;
}

async function readCounters(database: Database): Promise<number> {
  const { rows } = await sql`SHOW SESSION STATUS LIKE 'Handler_read%'`.execute(database);
  return counters.parse(rows).reduce((sum, { Value }) => sum + Value, 0);
}

/** Makes every raw statement an EXPLAIN of itself, which finds no rows and keeps what was planned. */
export class ExplainPlugin implements KyselyPlugin {
  readonly plan: PlanLine[] = [];

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    if (!RawNode.is(node)) return node;
    const [first = '', ...others] = node.sqlFragments;
    return RawNode.create([`EXPLAIN FORMAT=TRADITIONAL ${first}`, ...others], node.parameters);
  }

  async transformResult({ result }: PluginTransformResultArgs) {
    this.plan.push(...plans.parse(result.rows));
    return { rows: [] };
  }
}
