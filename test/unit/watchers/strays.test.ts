import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobView } from '../../../src/task/job-view.ts';
import { Strays, type StraysOptions } from '../../../src/watchers/sync/strays.ts';
import { aCondition, aJobView, anAttempt } from '../../support/builders.ts';
import { skippableTime } from '../../support/mock-time.ts';
import { aTermContext } from '../../support/term-context.ts';
import { anOpenRow } from './a-followed-namespace.ts';

const attempt = anAttempt();
const { uid, labels } = aJobView();

async function someStrays(options: Partial<StraysOptions> = {}) {
  const context = await aTermContext();
  const toldAgain: JobView[] = [];
  const strays = new Strays({ ...context, orphans: 'keep', tellAgain: (job) => void toldAgain.push(job), ...options });
  return {
    ...{ context, strays, toldAgain },
    /** Puts these Jobs into the cluster, where nobody knows them, and looks at them. */
    async look(...jobs: readonly JobView[]) {
      for (const job of jobs) strays.add(context.cluster.put(job));
      await strays.look();
    },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}

const ended = [aCondition()];

describe('a Job of ours that is not the recorded one of a followed attempt', () => {
  it('is left alone when it is the recorded one of a row that has ended', async () => {
    await using test = await someStrays();
    test.context.database.insert(anOpenRow(attempt, { jobUid: uid, finishedAtMs: 1 }));
    await test.look(aJobView({ conditions: ended }));
    assert.deepEqual([test.context.cluster.removed.length, test.strays.orphanCount, test.toldAgain.length], [0, 0, 0]);
  });

  it('is left alone when an earlier attempt of the row has ended under it', async () => {
    await using test = await someStrays();
    test.context.database.insert(anOpenRow({ ...attempt, attemptId: 'second', number: 2 }));
    await test.look(aJobView({ conditions: ended }));
    assert.equal(test.context.cluster.removed.length, 0);
  });

  it('is adopted when its row waits for it and is not followed yet', async () => {
    await using test = await someStrays();
    test.context.database.insert(anOpenRow(attempt));
    await test.look(aJobView());
    assert.deepEqual(test.toldAgain, [aJobView()]);
    assert.equal(test.context.attempts.get(attempt.attemptId)?.taskId, attempt.taskId);
  });

  it('is not adopted while something is still to be written about the attempt: it may have ended', async () => {
    await using test = await someStrays();
    test.context.database.insert(anOpenRow(attempt));
    test.context.database.held.add(attempt.taskId);
    const { taskId, attemptId } = attempt;
    test.context.recorder.created.add({ taskId, attemptId, jobUid: uid });
    await test.look(aJobView({ conditions: ended }));
    assert.equal(test.context.attempts.size, 0);
  });

  const leftovers: readonly (readonly [what: string, job: Partial<JobView>, row: Parameters<typeof anOpenRow>[1]])[] = [
    ['the attempt has another Job', { uid: 'second' }, { jobUid: uid }],
    ['the attempt had another Job and has ended', { uid: 'second' }, { jobUid: uid, finishedAtMs: 1 }],
    ['the attempt has ended without a Job', {}, { finishedAtMs: 1 }],
    ['a later attempt of the row has begun', {}, { attemptId: 'second', attempt: 2 }],
  ];
  for (const [what, job, row] of leftovers) {
    it(`is removed, by uid, when ${what}`, async () => {
      await using test = await someStrays();
      test.context.database.insert(anOpenRow(attempt, row));
      await test.look(aJobView(job));
      assert.deepEqual(
        test.context.cluster.removed.map((removed) => removed.uid),
        [job.uid ?? uid],
      );
    });
  }

  it('is not removed twice while it is being deleted', async () => {
    await using test = await someStrays();
    test.context.database.insert(anOpenRow(attempt, { jobUid: 'another' }));
    await test.look(aJobView({ deleting: true }));
    assert.equal(test.context.cluster.removed.length, 0);
  });

  it('is not removed when the term ended while its row was read', async () => {
    await using test = await someStrays();
    const { database, term } = test.context;
    database.insert(anOpenRow(attempt, { jobUid: 'another' }));
    database.onStatement = () => {
      queueMicrotask(() => term.end('lost'));
      return new Promise(() => {});
    };
    await assert.rejects(test.look(aJobView()));
    assert.equal(test.context.cluster.removed.length, 0);
  });

  const orphans: readonly (readonly [
    what: string,
    job: Partial<JobView>,
    row: Parameters<typeof anOpenRow>[1] | undefined,
  ])[] = [
    ['its row is gone', {}, undefined],
    ['its row was inserted again', {}, { rowKey: 'drawn anew' }],
    [
      'its attempt is later than any that the row knows',
      { labels: { ...labels, attemptId: 'x', attemptNumber: 5 } },
      {},
    ],
    ['it says nothing about a row', { labels: { ...labels, rowKey: undefined, taskId: undefined } }, {}],
    ['what it says is no id', { labels: { ...labels, taskId: "1' OR 1=1" } }, {}],
  ];
  for (const [what, job, row] of orphans) {
    it(`is kept and counted, once, when ${what}`, async () => {
      await using test = await someStrays();
      if (row) test.context.database.insert(anOpenRow(attempt, row));
      const orphan = aJobView(job);
      await test.look(orphan);
      await test.look(orphan);
      assert.deepEqual([test.strays.orphanCount, test.context.cluster.removed.length], [1, 0]);
      assert.equal(test.context.memoryLog.with('a job runs that no row carries, it is kept').length, 1);
      test.strays.gone(orphan);
      assert.equal(test.strays.orphanCount, 0);
    });
  }

  it('is removed as an orphan where that was chosen', async () => {
    await using test = await someStrays({ orphans: 'delete' });
    await test.look(aJobView());
    assert.deepEqual([test.context.cluster.removed.length, test.context.cluster.jobs.size], [1, 0]);
  });

  it('is not counted as an orphan when it has ended', async () => {
    await using test = await someStrays();
    await test.look(aJobView({ conditions: ended }));
    assert.equal(test.strays.orphanCount, 0);
  });

  it('no longer counts as an orphan once it has ended', async () => {
    await using test = await someStrays();
    await test.look(aJobView());
    await test.look(aJobView({ conditions: ended }));
    assert.equal(test.strays.orphanCount, 0);
  });

  it('is judged again after its row could not be read', async () => {
    await using test = await someStrays();
    test.context.database.onStatement = () => ({ kind: 'unknown' });
    await assert.rejects(test.look(aJobView()));
    test.context.database.onStatement = () => undefined;
    await test.strays.look();
    assert.equal(test.strays.orphanCount, 1);
  });

  it('is looked at again after growing rests, never in a hot loop, when its removal came to nothing', async (t) => {
    const { skip } = skippableTime(t);
    await using test = await someStrays();
    test.context.database.insert(anOpenRow(attempt, { jobUid: 'another' }));
    test.context.cluster.onRemove = () => {
      if (test.context.cluster.removed.length >= 50) test.context.term.end('it loops');
      return 'unknown';
    };
    await test.look(aJobView()).catch(() => {});
    assert.equal(test.context.cluster.removed.length, 1);
    for (const [restedMs, tries] of [
      [0, 1],
      [1_000, 2],
      [900, 2],
      [1_100, 3],
      [1_900, 3],
      [2_100, 4],
    ] as const) {
      skip(restedMs);
      await test.strays.look();
      assert.equal(test.context.cluster.removed.length, tries, `after ${restedMs} ms more`);
    }
  });

  it('is not adopted under another name than its row has: somebody copied it', async () => {
    let told = 0;
    const tellAgain = (job: JobView) => {
      told += 1;
      if (told >= 50) test.context.term.end('it loops');
      test.strays.add(job); // what the observer of the namespace does with a name that is not the attempt's
    };
    await using test = await someStrays({ tellAgain });
    test.context.database.insert(anOpenRow(attempt));
    await test.look(aJobView({ name: 'a-copy', uid: 'uid-of-the-copy' })).catch(() => {});
    assert.ok(told <= 1, `told ${told} times`);
  });
});
