import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { eventually, realPause } from '../support/eventually.ts';
import { aReplica } from './a-nightwatch.ts';

describe('nightwatch in trouble', { concurrency: true }, () => {
  it('gives the lead up when database or cluster have been out of reach for too long, and stands back', async () => {
    let troubleMs = 15_001;
    await using replica = aReplica({ troubleMs: () => troubleMs, campaignMs: 40 });
    await eventually(() => replica.terms.length === 2, 'it gives up');
    troubleMs = 0;
    await eventually(() => replica.terms.length === 3, 'it leads again');
    const [, gaveUpAtMs = 0, ledAgainAtMs = 0] = replica.toldAtMs;
    assert.ok(ledAgainAtMs - gaveUpAtMs >= 395, 'after ten campaigns');
    assert.equal(replica.terms[0]?.wasGivenUp, true);
  });

  it('stands by its lead while the trouble is short', async () => {
    await using replica = aReplica({ troubleMs: () => 14_900 });
    await eventually(() => replica.term() !== undefined, 'it leads');
    await realPause(1_100);
    assert.equal(replica.terms.length, 1);
  });

  it('is stopped at once while it stands back', async () => {
    const replica = aReplica({ troubleMs: () => 15_001, campaignMs: 60_000 });
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
