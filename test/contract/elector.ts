import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Elector } from '../../src/leader/elector.ts';
import type { LeaderStore } from '../../src/leader/leader-store.ts';
import type { LeaseTimings } from '../../src/leader/lease.ts';
import type { Term } from '../../src/leader/term.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { until } from '../support/until.ts';

/** A replica's own elector, with the network between it and what it elects by. */
export interface Candidate {
  readonly elector: Elector;
  /** Lets nothing pass to and from the lock any more, or again. */
  readonly setLockReachable: (isReachable: boolean) => void;
  readonly setStoreReachable: (isReachable: boolean) => void;
}

export interface CandidateOptions {
  /** Unless told, this replica may lead. */
  readonly obstacle?: () => string | undefined;
  /** Puts something between the elector and its store. */
  readonly decorateStore?: (store: LeaderStore) => LeaderStore;
  /** The same for all unless told. */
  readonly lockName?: string;
}

/** One lock and one leader row, free when a test begins. */
export interface Election {
  readonly timings: LeaseTimings;
  /** Makes one more candidate; it is disposed with the election. */
  candidate(options?: CandidateOptions): Promise<Candidate>;
  readEpoch(): Promise<number>;
}

const never = new AbortController().signal;
// A lock that is asked at a bad moment answers only at the end of its command.
const answerMs = 400;

/** What holds of every elector: one leader at a time, an epoch more with each term, and no one who leads unawares. */
export function electorContract(subject: () => Election): void {
  describe('the election', () => {
    it('has one leader at a time, and each term one epoch more', async () => {
      const candidates = await Promise.all([1, 2, 3].map(() => subject().candidate()));
      const stop = new AbortController();
      const before = await subject().readEpoch();
      const epochs: number[] = [];
      let leaders = 0;

      const ends = candidates.map(async ({ elector }) => {
        while (!stop.signal.aborted) {
          const term = await campaign(elector, stop.signal);
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
      assert.equal(await subject().readEpoch(), epochs.at(-1));
    });

    it('goes on within a campaign interval of a release', async () => {
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

    for (const [what, cutOff] of [
      ['while another leads', () => {}],
      ['while the lock is silent', ({ setLockReachable }: Candidate) => setLockReachable(false)],
      ['while the store is silent', ({ setStoreReachable }: Candidate) => setStoreReachable(false)],
    ] as const) {
      it(`answers a stop signal at once (${what})`, async () => {
        const [first, second] = await Promise.all([subject().candidate(), subject().candidate()]);
        const term = await first.elector.campaign(never);
        const stop = new AbortController();
        const campaigning = campaign(second.elector, stop.signal);
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

    it('leads with the epoch that it took when only the answer to that was lost', async () => {
      const { elector } = await subject().candidate({ decorateStore: losingAnswers('after the statement') });
      const before = await subject().readEpoch();

      const term = await elector.campaign(never);

      assert.equal(term.epoch, before + 1);
      assert.equal(await subject().readEpoch(), term.epoch);
      await term.release();
    });

    it('takes the epoch again when the statement was lost', async () => {
      const { elector } = await subject().candidate({ decorateStore: losingAnswers('before the statement') });
      const before = await subject().readEpoch();

      const term = await elector.campaign(never);

      assert.equal(term.epoch, before + 1);
      assert.equal(await subject().readEpoch(), term.epoch);
      await term.release();
    });

    it('does not lead when another took the epoch meanwhile, and takes a newer one', async () => {
      let isOvertaken = false;
      const overtaken = (store: LeaderStore): LeaderStore => ({
        ...store,
        async bump(epoch, holder) {
          if (!isOvertaken) await store.bump(epoch, 'another/term');
          isOvertaken = true;
          return store.bump(epoch, holder);
        },
      });
      const { elector } = await subject().candidate({ decorateStore: overtaken });
      const before = await subject().readEpoch();

      const term = await elector.campaign(never);

      assert.equal(term.epoch, before + 2);
      await term.release();
    });

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
      const campaigning = campaign(wrong.elector, stop.signal);

      await until('it says so', () => assert.match(wrong.elector.state.detail, /'a-mistyped-name'/));
      await sleep(subject().timings.ttlMs);
      stop.abort();

      assert.equal(await campaigning, undefined);
    });
  });
}

/** Undefined when the signal came first. */
async function campaign(elector: Elector, signal: AbortSignal): Promise<Term | undefined> {
  try {
    return await elector.campaign(signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** The first bump of the epoch goes wrong, on one side of the statement or on the other. */
function losingAnswers(where: 'before the statement' | 'after the statement'): (store: LeaderStore) => LeaderStore {
  let isLost = false;
  return (store) => ({
    ...store,
    async bump(epoch, holder) {
      if (isLost) return store.bump(epoch, holder);
      isLost = true;
      if (where === 'after the statement') await store.bump(epoch, holder);
      throw new StoreError('unknown', 'the connection was lost', { cause: undefined });
    },
  });
}
