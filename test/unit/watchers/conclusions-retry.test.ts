import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aJobView, anEndedPod, aPodView } from '../../support/builders.ts';
import { anEnding, attemptId, failed, ordersWith, uid } from './an-ending.ts';

describe('an attempt with a retry policy', () => {
  const orders = ordersWith({ maxAttempts: 2, backOff: { initialSeconds: 30, jitter: 0 } });

  it('that failed has its row wait for the next one, and is kept', async () => {
    await using given = await anEnding();
    given.pods.changed(anEndedPod(3));
    const row = await given.end(failed({ orders }));
    assert.deepEqual([row.status, row.reason, row.tries, row.setbacks], ['Pending', 'BackOff', 1, 0]);
    assert.match(
      row.message ?? '',
      /^the next attempt starts after 30s, for the last one failed: ExitCode: exit code 3/,
    );
    assert.equal(Math.round(((row.nextCheckAtMs ?? 0) - (row.finishedAtMs ?? 0)) / 1_000), 30);
    assert.deepEqual([given.kept().status, given.kept().exitCode], ['Failed', 3]);
    assert.equal(given.context.database.count('recordEnd'), 0);
    assert.equal(given.context.attempts.size, 0);
  });

  it('ends its row when its tries are used up, or the policy is not about this', async () => {
    for (const [known, given] of [
      [{ tries: 1 }, orders],
      [{}, ordersWith({ maxAttempts: 5, on: ['Infrastructure'] })],
      [{}, { ...orders, retry: 'not a policy' }],
    ] as const) {
      await using test = await anEnding(known);
      test.pods.changed(anEndedPod(3));
      assert.equal((await test.end(failed({ orders: given }))).status, 'Failed');
    }
  });

  it('uses up no try when its container never ran', async () => {
    await using given = await anEnding({ tries: 1 });
    given.pods.changed(aPodView({ phase: 'Failed', reason: 'OutOfcpu' }));
    const row = await given.end(failed({ orders }));
    assert.deepEqual([row.status, row.setbacks], ['Pending', 1]);
  });

  it('is not repeated once its user has it cancelled', async () => {
    await using given = await anEnding({ ending: 'Cancelled' });
    given.pods.changed(anEndedPod(3));
    assert.notEqual((await given.end(failed({ orders }))).status, 'Pending');
  });

  it('that nightwatch has ended itself is repeated by the orders that its Job was seen with', async () => {
    await using given = await anEnding();
    const followed = given.context.attempts.get(attemptId) ?? assert.fail();
    given.test.observer.changed(aJobView({ active: 1, orders }));
    given.context.conclusions.failed(followed, { reason: 'StartDeadline', message: 'too late', jobUid: uid });
    await given.context.recorder.drain();
    const row = given.test.row();
    assert.deepEqual([row.status, row.reason, row.setbacks], ['Pending', 'BackOff', 1]);
  });
});
