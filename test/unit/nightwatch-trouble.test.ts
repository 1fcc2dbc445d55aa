import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { aReplica } from './a-nightwatch.ts';

/** The trouble that is told whenever the vital signs are looked at, which is when the test says so. */
function someTrouble(context: TestContext, firstMs: number) {
  context.mock.timers.enable({ apis: ['setInterval'] });
  let looks = 0;
  let troubleMs = firstMs;
  return {
    troubleMs: () => {
      looks += 1;
      return troubleMs;
    },
    ends: () => {
      troubleMs = 0;
    },
    async isLookedAt(times = 1): Promise<void> {
      const end = looks + times;
      await eventually(() => {
        context.mock.timers.tick(1_000);
        return looks >= end;
      }, 'the vital signs are looked at');
    },
  };
}

describe('nightwatch in trouble', () => {
  it('gives the lead up when database or cluster have been out of reach for too long, and stands back', async (context) => {
    const trouble = someTrouble(context, 15_001);
    await using replica = aReplica({ troubleMs: trouble.troubleMs, campaignMs: 10 });
    await trouble.isLookedAt();
    trouble.ends();
    await eventually(() => replica.terms.length === 3, 'it leads again');
    const [, gaveUpAtMs = 0, ledAgainAtMs = 0] = replica.toldAtMs;
    assert.ok(ledAgainAtMs - gaveUpAtMs >= 95, 'after ten campaigns');
    assert.equal(replica.terms[0]?.wasGivenUp, true);
  });

  it('stands by its lead while the trouble is short', async (context) => {
    const trouble = someTrouble(context, 14_900);
    await using replica = aReplica({ troubleMs: trouble.troubleMs });
    await trouble.isLookedAt(3);
    assert.equal(replica.terms.length, 1);
    assert.equal(replica.term()?.wasGivenUp, false);
  });

  it('is stopped at once while it stands back', async (context) => {
    const trouble = someTrouble(context, 15_001);
    await using replica = aReplica({ troubleMs: trouble.troubleMs, campaignMs: 60_000 });
    await trouble.isLookedAt();
    await eventually(() => replica.terms.length === 2, 'it gives up');
    const stoppedAtMs = performance.now();
    replica.stop.abort();
    await replica.ended;
    assert.ok(performance.now() - stoppedAtMs < 1_000);
  });

  it('gives up a term that cannot begin, and campaigns again', async () => {
    let failures = 1;
    const replica = aReplica({
      openInstallation: async () => {
        failures -= 1;
        throw new Error('the database is away');
      },
    });
    await eventually(() => replica.terms.length >= 4, 'a second term');
    assert.ok(failures < 0);
    assert.ok(replica.terms[0]?.wasGivenUp);
    assert.ok(replica.memoryLog.with('the database does not say which installation it is').length >= 2);
    await replica[Symbol.asyncDispose]();
  });

  it('leaves nothing behind on the stop signal, however many terms there were', async () => {
    await using replica = aReplica({ campaignMs: 1 });
    for (let terms = 1; terms <= 5; terms += 1) {
      await eventually(() => replica.terms.filter((term) => term !== undefined).length === terms, `term ${terms}`);
      replica.term()?.end('again');
    }
    await eventually(() => replica.terms.filter((term) => term !== undefined).length === 6, 'term 6');
    assert.ok(getEventListeners(replica.stop.signal, 'abort').length <= 2);
  });

  it('passes on what it did not expect', async () => {
    const campaign = () => Promise.reject(new RangeError('a defect'));
    const replica = aReplica({ elector: { campaign, state: { detail: '', isMisconfigured: false } } });
    await assert.rejects(replica.ended, RangeError);
  });
});
