import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { countLogged } from '../../support/replica-log.ts';
import { anInfo } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';
import { makeDeadlocks } from './deadlocks.ts';

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
    await makeDeadlocks(round, user);
    await makeLockWaits(round, user);
  },
};

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
