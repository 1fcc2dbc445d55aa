import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { countTasks } from '../../support/count-tasks.ts';
import { countLogged } from '../../support/replica-log.ts';
import { aNewTask, anInfo } from '../../support/task-rows.ts';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';
import { connectToLook } from './connect-to-look.ts';

const burst = 40;
const heldMs = 4_000;
/** Dispatch and five kinds of writes, each of which waits for a second and then rests. */
const mostWaits = 6 * (heldMs / 1_000 + 1);

export const deadlockAndLockWait: Fault = {
  number: 9,
  event: "deadlocks with a user's transaction; lock waits",
  behaviour: 'retried with pauses, a bounded number of times; statements idempotent',
  flavours: ['mariadb', 'mysql'],
  setUp: { settings: steadyLease },
  async play(round) {
    await round.untilLeading();
    await using users = new AsyncDisposableStack();
    const user = users.adopt(await round.installation.connect(), (connection) => connection.destroy());
    await makeDeadlock(round, user);
    await makeLockWaits(round, user);
  },
};

/**
 * A transaction that has read the index of statuses holds no row: a batch that ends such rows takes them, and waits for
 * the index. When the transaction asks for these rows then, each waits for the other.
 */
async function makeDeadlock(round: Round, user: Connection): Promise<void> {
  const looker = await connectToLook(round);
  await makeBallast(user);
  await user.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  let bursts = 0;
  await until(
    'a batch of nightwatch is the one that is rolled back',
    async () => {
      if ((await countTasks(looker, "status = 'Running'")) === 0) {
        bursts += 1;
        await runBurst(round, looker, `deadlock-${bursts}`);
      }
      await crossTheBatches(user, looker);
      assert.ok((await countLogged(round.replicas, /Deadlock found/)) > 0);
    },
    90_000,
  );
}

/** Tasks that end one after the other, so that there are batches to cross for some seconds. */
async function runBurst({ load, namespace, random }: Round, looker: Connection, prefix: string): Promise<void> {
  const tasks = Array.from({ length: burst }, (_, index) => {
    const info = anInfo({ life: `succeed after ${random.between(500, 8_000)}ms` });
    return aNewTask({ namespace, name: `${prefix}-${index + 1}`, info });
  });
  await load.submit(tasks, { status: 'Succeeded' });
  await until('some of them run', async () => assert.ok((await countTasks(looker, "status = 'Running'")) > burst / 2));
}

async function crossTheBatches(user: Connection, looker: Connection): Promise<void> {
  await user.beginTransaction();
  try {
    // The server rolls back whoever has changed less.
    await user.query('UPDATE ballast SET weight = weight + 1');
    const [rows] = await user.query(
      "SELECT id FROM task FORCE INDEX (nightwatch_normal) WHERE status = 'Running' LOCK IN SHARE MODE",
    );
    const ids = z.array(z.object({ id: z.coerce.string() })).parse(rows);
    assert.ok(ids.length > 0, 'no task runs');
    await untilSomebodyWaits(looker);
    await user.query('SELECT id FROM task WHERE id IN (?) FOR UPDATE', [ids.map(({ id }) => id)]);
  } finally {
    await user.rollback();
  }
}

async function untilSomebodyWaits(looker: Connection): Promise<void> {
  await until(
    'a transaction waits for a lock',
    async () => {
      const [rows] = await looker.query("SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'");
      assert.ok(Array.isArray(rows) && rows.length > 0);
    },
    2_000,
  );
}

/** Weighs more than any batch. */
async function makeBallast(user: Connection): Promise<void> {
  await user.query('CREATE TABLE ballast (id INT AUTO_INCREMENT PRIMARY KEY, weight INT NOT NULL)');
  await user.query('INSERT INTO ballast (weight) VALUES ?', [Array.from({ length: 5_000 }, () => [0])]);
}

/** Holds the range of a status, as a locking statement by status does in the isolation level that is the default. */
async function makeLockWaits(round: Round, user: Connection): Promise<void> {
  const lockWaits = () => countLogged(round.replicas, /Lock wait timeout exceeded/);
  const before = await lockWaits();
  await round.submitBatch('lock-wait', burst, { info: anInfo({ life: 'start 100ms; succeed after 500ms' }) });
  await user.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await user.beginTransaction();
  await user.query("SELECT id FROM task FORCE INDEX (nightwatch_normal) WHERE status = 'Running' FOR UPDATE");
  await sleep(heldMs);
  const waits = (await lockWaits()) - before;
  await user.rollback();
  round.note(`${waits} statements gave up waiting for the lock in ${heldMs} ms`);
  assert.ok(waits > 0, 'nothing has waited');
  assert.ok(waits <= mostWaits, `${waits} statements gave up waiting, ${mostWaits} at most`);
}
