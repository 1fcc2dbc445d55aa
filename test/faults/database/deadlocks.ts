import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { endPods } from '../../support/end-pods.ts';
import { countLogged } from '../../support/replica-log.ts';
import { anInfo, type TaskRow } from '../../support/task-rows.ts';
import { until } from '../../support/until.ts';
import type { Round } from '../round/round.ts';
import { untilRows } from '../round/until-rows.ts';
import { connectToLook } from './connect-to-look.ts';

/** A batch waits for a lock for a second: only a machine that takes longer to look and to answer misses it. */
const mostAttempts = 5;
const deadlockFound = 1213;
/** Both servers show this table as it was until nobody has looked for 100 ms: who looks more often sees no change. */
const lookEveryMs = 130;

type Victim = 'batch' | 'user';

/** Makes two deadlocks between a batch of nightwatch and a user's transaction: one costs the batch, one the transaction. */
export async function makeDeadlocks(round: Round, user: Connection): Promise<void> {
  const looker = await connectToLook(round);
  await makeBallast(user);
  // Of an index, that isolation level locks the entry itself, and not what comes before it.
  await user.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  for (const victim of ['batch', 'user'] as const) {
    const logged = await countLogged(round.replicas, /Deadlock found/);
    const attempts = await makeDeadlock(round, { user, looker, victim });
    round.note(`deadlock that costs the ${victim}: at attempt ${attempts}`);
    if (victim === 'batch')
      await until('a replica tells that its statement was rolled back', async () => {
        assert.ok((await countLogged(round.replicas, /Deadlock found/)) > logged);
      });
  }
}

interface Crossing {
  readonly user: Connection;
  readonly looker: Connection;
  readonly victim: Victim;
}

/** Returns how many attempts that took. */
async function makeDeadlock(round: Round, crossing: Crossing): Promise<number> {
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const prefix = `crossed-${crossing.victim}-${attempt}`;
    await round.submitBatch(prefix, 1, { info: anInfo({ life: 'hang' }) });
    const [row] = await untilRows(round, prefix, { status: 'Running' });
    assert.ok(row);
    const before = await countDeadlocks(crossing.looker);
    const isUserRolledBack = await crossBatch(round, crossing, row);
    const isDeadlock = (await countDeadlocks(crossing.looker)) > before;
    if (isDeadlock && isUserRolledBack === (crossing.victim === 'user')) return attempt;
  }
  assert.fail(`no deadlock that costs the ${crossing.victim} in ${mostAttempts} attempts`);
}

/**
 * A transaction that has read a row's entry in the index of statuses does not hold the row: the batch that ends the
 * task takes it, and waits for the entry. When the transaction asks for the row then, each waits for the other.
 *
 * Returns whether it was the user's transaction that the server rolled back.
 */
async function crossBatch(round: Round, { user, looker, victim }: Crossing, row: TaskRow): Promise<boolean> {
  await user.beginTransaction();
  try {
    // The server rolls back whoever has changed less.
    if (victim === 'batch') await user.query('UPDATE ballast SET weight = weight + 1');
    await user.query(
      `SELECT id FROM task FORCE INDEX (nightwatch_normal) WHERE status = 'Running' AND priority = ? AND id = ?
      LOCK IN SHARE MODE`,
      [row.priority, row.id],
    );
    await endPods(round.system.cluster, row);
    await untilBatchWaits(looker);
    await user.query('SELECT id FROM task FORCE INDEX (PRIMARY) WHERE id = ? FOR UPDATE', [row.id]);
    return false;
  } catch (error) {
    if ((error as { readonly errno?: unknown }).errno === deadlockFound) return true;
    throw error;
  } finally {
    await user.rollback();
  }
}

/** Nobody but the user's transaction holds anything for longer than a statement takes. */
async function untilBatchWaits(looker: Connection): Promise<void> {
  await until('a batch waits for a lock', async () => {
    await sleep(lookEveryMs);
    // Of a long statement only the beginning is shown.
    const [rows] = await looker.query(
      "SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE '%UPDATE (SELECT%'",
    );
    assert.ok(Array.isArray(rows) && rows.length > 0);
  });
}

const counts = z.tuple([z.object({ count: z.coerce.number() })]);

/** How many the server has found since it was started. */
async function countDeadlocks(looker: Connection): Promise<number> {
  const [rows] = await looker.query(
    "SELECT COUNT AS count FROM information_schema.INNODB_METRICS WHERE NAME = 'lock_deadlocks'",
  );
  const [{ count }] = counts.parse(rows);
  return count;
}

/** Weighs more than any batch. */
async function makeBallast(user: Connection): Promise<void> {
  await user.query('CREATE TABLE ballast (id INT AUTO_INCREMENT PRIMARY KEY, weight INT NOT NULL)');
  await user.query('INSERT INTO ballast (weight) VALUES ?', [Array.from({ length: 5_000 }, () => [0])]);
}
