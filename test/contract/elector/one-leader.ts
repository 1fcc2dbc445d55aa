import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until.ts';
import { campaignUnless, type Election, never } from './election.ts';

// A lock that is asked at a bad moment answers only at the end of its command.
const answerMs = 800;

/** There is one leader at a time, and none who leads unawares. */
export function oneLeaderContract(subject: () => Election): void {
  describe('the leader', () => {
    it('is one at a time, and each term one epoch more', async () => {
      const candidates = await Promise.all([1, 2, 3].map(() => subject().candidate()));
      const stop = new AbortController();
      const before = await subject().readEpoch();
      const epochs: number[] = [];
      let leaders = 0;

      const ends = candidates.map(async ({ elector }) => {
        while (!stop.signal.aborted) {
          const term = await campaignUnless(elector, stop.signal);
          if (!term) return;
          leaders += 1;
          assert.equal(leaders, 1);
          epochs.push(term.epoch);
          await sleep(5);
          assert.ok(term.canAct());
          leaders -= 1;
          await term.release();
        }
      });
      await until('there were 15 terms', () => assert.ok(epochs.length >= 15, `${epochs.length}`), 30_000);
      stop.abort();
      await Promise.all(ends);

      assert.deepEqual(
        epochs,
        epochs.map((_, index) => before + 1 + index),
      );
      // A campaign that is told to stop may have taken an epoch by then.
      const begunLater = (await subject().readEpoch()) - (epochs.at(-1) ?? 0);
      assert.ok(begunLater >= 0 && begunLater <= candidates.length, `${begunLater}`);
    });

    it('is another within a campaign interval of a release', async () => {
      const [first, second] = await Promise.all([subject().candidate(), subject().candidate()]);
      const term = await first.elector.campaign(never);
      const next = second.elector.campaign(never);
      await until('the second waits', () => assert.match(second.elector.state.detail, /another replica/));

      await term.release();
      const releasedAtMs = performance.now();
      const nextTerm = await next;

      const delayMs = performance.now() - releasedAtMs;
      assert.ok(delayMs < subject().timings.campaignMs * 1.5 + answerMs, `${delayMs} ms`);
      await nextTerm.release();
    });

    it('ends the term of a leader that is cut off from the lock before another leads', async () => {
      const [first, second] = await Promise.all([subject().candidate(), subject().candidate()]);
      const term = await first.elector.campaign(never);
      const next = second.elector.campaign(never);

      first.setLockReachable(false);
      const nextTerm = await next;

      assert.ok(term.ended.aborted);
      assert.equal(term.canAct(), false);
      assert.ok(term.hardLeftMs() <= 0);
      assert.equal(nextTerm.epoch, term.epoch + 1);
      first.setLockReachable(true);
      await Promise.all([term.release(), nextTerm.release()]);
    });

    it('keeps a leader whose lock answers again in time', async () => {
      const { elector, setLockReachable } = await subject().candidate();
      const term = await elector.campaign(never);

      setLockReachable(false);
      await sleep(subject().timings.renewMs);
      setLockReachable(true);
      await sleep(subject().timings.ttlMs);

      assert.ok(term.canAct(), term.endReason ?? 'it may act');
      await term.release();
    });
  });
}
