import type { Connection } from 'mysql2/promise';
import { z } from 'zod';

const leaders = z.tuple([z.object({ holder: z.string().regex(/\/./), epoch: z.coerce.number() })]);

/** Which pod leads, by the table; throws when none has yet. */
export async function replicaThatLeads(user: Connection): Promise<{ readonly pod: string; readonly epoch: number }> {
  const [rows] = await user.query('SELECT holder, epoch FROM leader');
  const [{ holder, epoch }] = leaders.parse(rows);
  return { pod: holder.slice(0, holder.indexOf('/')), epoch };
}
