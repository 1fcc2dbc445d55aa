import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LeaderStore } from '../../../src/leader/leader-store.ts';
import { StoreError } from '../../../src/store/store-error.ts';
import { type Election, never } from './election.ts';

/** A term has the epoch that the database has, whatever became of the answers on the way. */
export function epochContract(subject: () => Election): void {
  describe('the epoch of a term', () => {
    it('is the one that was taken when only the answer to that was lost', async () => {
      const { elector } = await subject().candidate({ decorateStore: losingAnswers('after the statement') });
      const before = await subject().readEpoch();

      const term = await elector.campaign(never);

      assert.equal(term.epoch, before + 1);
      assert.equal(await subject().readEpoch(), term.epoch);
      await term.release();
    });

    it('is taken again when the statement was lost', async () => {
      const { elector } = await subject().candidate({ decorateStore: losingAnswers('before the statement') });
      const before = await subject().readEpoch();

      const term = await elector.campaign(never);

      assert.equal(term.epoch, before + 1);
      assert.equal(await subject().readEpoch(), term.epoch);
      await term.release();
    });

    it('is a newer one when another took the next meanwhile', async () => {
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
  });
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
