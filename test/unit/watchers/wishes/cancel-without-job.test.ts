import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FindOutcome } from '../../../../src/executors/executor.ts';
import { anAttempt } from '../../../support/builders.ts';
import type { TaskRow } from '../../../support/memory-database.ts';
import { wishesAtWork } from './wishes-at-work.ts';

const isCancelled = ({ status }: TaskRow) => status === 'Cancelled';
const attempt = anAttempt();
const unknown = { result: 'unknown', detail: 'words' } as const;

describe('a Cancel of an attempt that has no Job yet', () => {
  it('ends it once it was made sure that there is none, however long it was to wait', async () => {
    await using test = await wishesAtWork();
    test.open({ reason: 'QuotaExceeded', nextCheckAtMs: 9e9, desired: 'Cancel' });

    const row = await test.untilRow(isCancelled, 'it is cancelled');

    assert.deepEqual([row.jobUid, row.reason, row.desired], [undefined, 'Cancelled', 'Run']);
    assert.deepEqual([test.cluster.launched.length, test.cluster.removed.length], [0, 0]);
  });

  it('deletes the Job that there is all the same', async () => {
    await using test = await wishesAtWork();
    test.open({ nextCheckAtMs: 9e9, desired: 'Cancel' });
    const job = test.cluster.jobOf(attempt);
    test.cluster.jobs.set(`${job.namespace}/${job.name}`, job);

    const row = await test.untilRow(isCancelled, 'it is cancelled');

    assert.deepEqual([row.jobUid, test.cluster.removed.map(({ uid }) => uid)], [job.uid, [job.uid]]);
  });

  for (const [what, labels] of [
    ["another attempt's", { attemptId: 'another' }],
    ['of somebody else', { installation: undefined }],
  ] as const) {
    it(`leaves a Job alone that has its name and is ${what}`, async () => {
      await using test = await wishesAtWork();
      test.open({ reason: 'NameConflict', nextCheckAtMs: 9e9, desired: 'Cancel' });
      const job = test.cluster.jobOf(attempt);
      test.cluster.jobs.set(`${job.namespace}/${job.name}`, { ...job, labels: { ...job.labels, ...labels } });

      const row = await test.untilRow(isCancelled, 'it is cancelled');

      assert.deepEqual([row.jobUid, test.cluster.removed.length], [undefined, 0]);
    });
  }

  it('ends it too where nothing may be seen, for nothing could be created there', async () => {
    await using test = await wishesAtWork();
    test.open({ reason: 'Forbidden', nextCheckAtMs: 9e9, desired: 'Cancel' });
    test.cluster.onFind = (): FindOutcome => ({ ...unknown, reason: 'Forbidden' });

    await test.untilRow(isCancelled, 'it is cancelled');
  });

  it('waits while it is not known whether there is one', async () => {
    await using test = await wishesAtWork();
    test.open({ nextCheckAtMs: 9e9, desired: 'Cancel' });
    const hidden = (): FindOutcome => ({ ...unknown, reason: 'ApiUnavailable' });
    test.cluster.onFind = hidden;
    await test.untilRow(({ reason }) => reason === 'ApiUnavailable', 'it waits');
    assert.deepEqual([test.row().finishedAtMs, test.row().ending], [undefined, 'Cancelled']);

    test.cluster.onFind = () => undefined;
    assert.ok((test.row().nextCheckAtMs ?? 0) <= performance.now() + 5_000);
    test.row().nextCheckAtMs = 0;

    await test.untilRow(isCancelled, 'it is cancelled');
    assert.equal(test.cluster.launched.length, 0);
  });

  it('comes in time before the create, though the attempt was claimed and queued', async () => {
    await using test = await wishesAtWork();
    test.database.insert({ taskId: '1' });
    const { store, term, attempts } = test.context;
    const claimed = await store.claimNormal(term.epoch, ['1'], 30_000);
    assert.ok(claimed.result === 'claimed');
    // Its user cancels it between the claim and the moment when it is followed.
    test.row().desired = 'Cancel';
    await test.pass();
    assert.equal(attempts.get(test.row().attemptId)?.ending, 'Cancelled');

    await test.untilRow(isCancelled, 'it is cancelled');

    assert.equal(test.cluster.launched.length, 0);
  });

  it('that comes while its Job is being created deletes it', async () => {
    await using test = await wishesAtWork();
    test.database.insert({ taskId: '1' });
    const created = Promise.withResolvers<void>();
    test.cluster.onLaunch = async () => {
      await created.promise;
      return undefined;
    };
    await test.untilRow(({ attemptId }) => attemptId !== undefined, 'it is claimed');
    test.row().desired = 'Cancel';
    await test.untilRow(({ ending }) => ending !== undefined, 'its end is committed');
    await test.pass();
    assert.equal(test.row().finishedAtMs, undefined);

    created.resolve();

    const row = await test.untilRow(isCancelled, 'it is cancelled');
    assert.deepEqual([row.jobUid, test.cluster.jobs.size], [test.cluster.removed[0]?.uid, 0]);
  });

  it('has the Job removed that lands after the end', async () => {
    await using test = await wishesAtWork();
    test.open({ nextCheckAtMs: 9e9, desired: 'Cancel' });
    await test.untilRow(isCancelled, 'it is cancelled');

    const job = test.cluster.put(test.cluster.jobOf(attempt));
    await test.pass();

    assert.deepEqual(
      test.cluster.removed.map(({ uid }) => uid),
      [job.uid],
    );
    assert.equal(test.row().status, 'Cancelled');
  });
});
