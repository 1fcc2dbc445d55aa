import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until.ts';
import { type Candidate, campaignUnless, type Election, never } from './election.ts';

// A lock that is asked at a bad moment answers only at the end of its command.
const answerMs = 800;

/** Who campaigns waits while it must not lead, says why, and heeds a stop. */
export function campaignContract(subject: () => Election): void {
  describe('a campaign', () => {
    for (const [what, cutOff] of [
      ['while another leads', () => {}],
      ['while the lock is silent', ({ setLockReachable }: Candidate) => setLockReachable(false)],
      ['while the store is silent', ({ setStoreReachable }: Candidate) => setStoreReachable(false)],
    ] as const) {
      it(`answers a stop signal at once (${what})`, async () => {
        const [first, second] = await Promise.all([subject().candidate(), subject().candidate()]);
        const term = await first.elector.campaign(never);
        const stop = new AbortController();
        const campaigning = campaignUnless(second.elector, stop.signal);
        await until('the second waits', () => assert.match(second.elector.state.detail, /another replica/));
        cutOff(second);
        await sleep(subject().timings.campaignMs * 3);

        const stoppedAtMs = performance.now();
        stop.abort();

        assert.equal(await campaigning, undefined);
        const delayMs = performance.now() - stoppedAtMs;
        assert.ok(delayMs < answerMs, `${delayMs} ms`);
        await term.release();
      });
    }

    it('waits while something keeps the replica from leading, and says what', async () => {
      let obstacle: string | undefined = 'the schema is too old';
      const { elector } = await subject().candidate({ obstacle: () => obstacle });
      const campaigning = elector.campaign(never);

      await until('it says so', () => assert.equal(elector.state.detail, 'the schema is too old'));
      obstacle = undefined;

      await (await campaigning).release();
    });

    it('never lets a replica lead by a lock of another name', async () => {
      const [right, wrong] = await Promise.all([
        subject().candidate(),
        subject().candidate({ lockName: 'a-mistyped-name' }),
      ]);
      await (await right.elector.campaign(never)).release();
      const stop = new AbortController();
      const campaigning = campaignUnless(wrong.elector, stop.signal);

      await until('it says so', () => assert.match(wrong.elector.state.detail, /'a-mistyped-name'/));
      await sleep(subject().timings.ttlMs);
      stop.abort();

      assert.equal(await campaigning, undefined);
    });
  });
}
