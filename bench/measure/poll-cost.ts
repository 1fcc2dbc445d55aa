import { createTaskStore } from '../../src/store/mysql/task-store.ts';
import { openByUrl } from '../../test/support/migrate-in-process.ts';
import type { Place } from '../stage/place.ts';
import { type Distribution, distributionOf } from './distribution.ts';

const pageSize = 500;
/** The first ones measure the compiler of this process. */
const warmUpPolls = 300;
const mostPolls = 500;
const longestMs = 3_000;

/** What an idle leader asks again and again, without the time for which the database is to sleep. */
const oneLook = { firstMs: 0, everyMs: 0, looks: 1 };

/** How long the statements of an idle leader take, milliseconds. */
export interface PollCost {
  /** The look for new rows, every few milliseconds. */
  readonly normal: Distribution;
  /** The look for rows whose wait is over, a few times a second. */
  readonly due: Distribution;
}

/** Asks the database what nightwatch asks it, by nightwatch's own store over one connection. */
export async function measurePoll({ database }: Place): Promise<PollCost> {
  const pool = openByUrl(database.serviceUrl, 1);
  try {
    const store = createTaskStore(pool);
    const normal = await timesOf(() => store.listNormal(pageSize, undefined, oneLook));
    const due = await timesOf(() => store.listDue(pageSize));
    return { normal: distributionOf(normal), due: distributionOf(due) };
  } finally {
    await pool.destroy();
  }
}

async function timesOf(ask: () => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  const endsAtMs = performance.now() + longestMs;
  while (times.length < warmUpPolls + mostPolls && performance.now() < endsAtMs) {
    const beganAtMs = performance.now();
    await ask();
    times.push(performance.now() - beganAtMs);
  }
  // So slow that there was time for a few only: then none of them is worth dropping.
  return times.length > warmUpPolls ? times.slice(warmUpPolls) : times;
}
