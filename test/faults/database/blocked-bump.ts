import assert from 'node:assert/strict';
import { countLogged } from '../../support/replica-log.ts';
import { epochOf } from '../../support/replicas.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';

const burst = 40;
const tries = 3;

export const blockedBump: Fault = {
  number: 11,
  event: 'epoch bump blocked by a stale transaction',
  behaviour: 'waits, retries, reports; another leads once it is over',
  flavours: ['mariadb', 'mysql'],
  async play(round) {
    const { leader, epoch } = await round.untilLeading();
    await round.submitBatch('blocked', burst);
    await using users = new AsyncDisposableStack();
    const stale = users.adopt(await round.installation.connect(), (connection) => connection.destroy());
    await stale.beginTransaction();
    await stale.query('SELECT epoch FROM leader WHERE id = 1 FOR UPDATE');
    leader.process.kill('SIGKILL');
    await round.startReplica();

    const candidates = round.replicas.filter((replica) => replica !== leader);
    await patiently('they have tried again and again, and say why none leads', async () => {
      assert.ok((await countLogged(candidates, /the epoch may not have been taken/)) >= tries);
      const answers = await Promise.all(candidates.map((replica) => replica.readyz()));
      assert.ok(
        answers.some(({ text }) => /^\[\+\]leadership .*could not be taken.*: Lock wait timeout/m.test(text)),
        answers.map(({ text }) => text).join('\n'),
      );
    });
    assert.deepEqual(new Set(await Promise.all(candidates.map(epochOf))), new Set([undefined]), 'nobody leads');
    await stale.rollback();
    await round.untilLeading({ above: epoch });
  },
};
