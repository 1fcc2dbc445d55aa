import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { virtualTime } from '../../support/virtual-time.ts';
import { type Mishap, twoLeaders } from './two-leaders-of-one-database.ts';

const mishaps: readonly Mishap[] = ['none', 'none', 'none', 'none', 'none', 'none', 'request lost', 'answer lost'];
const rows = 4;

it('two leaders of one database leave every row with one Job and its end, however their steps interleave', async (t) => {
  const time = virtualTime(t);
  const property = fc.asyncProperty(
    fc.record({
      // How long each call takes that one of them makes, and what becomes of it; over again when they are used up.
      delaysMs: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 20, maxLength: 60 }),
      mishaps: fc.array(fc.constantFrom(...mishaps), { minLength: 20, maxLength: 60 }),
      takeoverAfterMs: fc.nat(300),
      formerEndsAfterMs: fc.nat(600),
      // When Jobs end by themselves, while both leaders act.
      endsMs: fc.array(fc.nat(600), { maxLength: rows }),
    }),
    async (choices) => {
      const { jobs, database, problems } = await twoLeaders({ ...choices, rows, time });

      assert.deepEqual(problems, []);
      for (const row of database.rows.values()) {
        const own = [...jobs.values()].filter(({ labels }) => labels.attemptId === row.attemptId);
        assert.deepEqual(
          { status: row.status, uids: own.map(({ uid }) => uid), isFinished: row.finishedAtMs !== undefined },
          { status: 'Succeeded', uids: [row.jobUid], isFinished: true },
          `row ${row.taskId}`,
        );
      }
      assert.equal(jobs.size, rows, 'no leftover stays');
    },
  );
  await fc.assert(property, { numRuns: 100 });
});
