import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createResync } from '../../../../src/watchers/resync/resync.ts';
import { ObservationState } from '../../../../src/watchers/sync/observation-state.ts';
import { aLease } from '../../../support/a-term.ts';
import { aCondition } from '../../../support/builders.ts';
import { LeaseClock } from '../../../support/lease-clock.ts';
import type { TaskRow } from '../../../support/memory-database.ts';
import { wishesAtWork } from './wishes-at-work.ts';

const isCancelled = ({ status }: TaskRow) => status === 'Cancelled';

describe('a Cancel', () => {
  for (const [what, row] of [
    ['is new', { status: 'Normal' }],
    ['is delayed', { status: 'Pending', reason: 'Delayed', nextCheckAtMs: 0, notBeforeMs: Number.MAX_SAFE_INTEGER }],
    ['is held', { status: 'Suspended', reason: 'Suspended' }],
    [
      'waits for its next attempt',
      { status: 'Pending', reason: 'BackOff', attemptId: 'a', finishedAtMs: 1, nextCheckAtMs: 9e9 },
    ],
  ] as const) {
    it(`ends a row at once that ${what}, and is taken back`, async () => {
      await using test = await wishesAtWork();
      test.database.insert({ taskId: '1', desired: 'Cancel', ...row });

      await test.pass();

      const { status, reason, desired, nextCheckAtMs } = test.row();
      assert.deepEqual([status, reason, desired, nextCheckAtMs], ['Cancelled', 'Cancelled', 'Run', undefined]);
      assert.equal(test.cluster.launched.length, 0);
    });
  }

  it('of a row that has ended is refused with a word of why, and changes nothing else', async () => {
    await using test = await wishesAtWork();
    const ended = { status: 'Failed', reason: 'JobFailed', attemptId: 'a', finishedAtMs: 1 } as const;
    test.database.insert({ taskId: '1', desired: 'Cancel', ...ended });

    await test.pass();

    const { status, reason, finishedAtMs, desired, message } = test.row();
    assert.deepEqual([status, reason, finishedAtMs, desired], ['Failed', 'JobFailed', 1, 'Run']);
    assert.match(message ?? '', /had ended already \(its status was 'Failed'\)/);
  });

  it('of a row that the system before this one left open waits until that is taken over', async () => {
    await using test = await wishesAtWork();
    test.database.insert({ taskId: '1', desired: 'Cancel', status: 'Running', namespace: 'elsewhere' });

    await test.pass();

    assert.deepEqual([test.row().status, test.row().desired], ['Running', 'Cancel']);
  });

  it('of an attempt with a Job is committed before that is deleted, with its pods first', async () => {
    await using test = await wishesAtWork();
    test.open({ status: 'Running', desired: 'Cancel' }, { ready: 1 });
    const ending: unknown[] = [];
    test.cluster.onRemove = () => {
      ending.push(test.row().ending, test.row().desired, test.row().finishedAtMs);
      return 'removed';
    };

    const row = await test.untilRow(isCancelled, 'it is cancelled');

    assert.deepEqual(ending, ['Cancelled', 'Run', undefined]);
    assert.deepEqual(test.cluster.propagations, ['Foreground']);
    assert.deepEqual([row.reason, row.jobUid], ['Cancelled', test.cluster.removed[0]?.uid]);
    assert.equal(test.database.archive.get(row.attemptId ?? '')?.status, 'Cancelled');
  });

  it('that its user takes back after it was read deletes nothing', async () => {
    await using test = await wishesAtWork();
    const attempt = test.open({ status: 'Running', desired: 'Cancel' }, { ready: 1 });
    test.database.onStatement = (name) => {
      if (name === 'recordEnding') test.row().desired = 'Run';
      return undefined;
    };

    for (let passes = 0; passes < 3; passes += 1) await test.pass();

    assert.equal(test.database.count('recordEnding'), 1);
    assert.deepEqual([test.row().ending, attempt.ending, test.cluster.removed.length], [undefined, undefined, 0]);
  });

  it('whose answer is lost is carried out once the rows are read again', async () => {
    await using test = await wishesAtWork();
    test.open({ status: 'Running', desired: 'Cancel' }, { ready: 1 });
    test.database.onStatement = (name) => (name === 'recordEnding' ? { kind: 'unknown', isApplied: true } : undefined);
    await assert.rejects(test.pass());
    assert.equal(test.row().ending, 'Cancelled');
    const options = { namespaces: ['default'], lostNamespaces: [], state: new ObservationState() };

    await createResync(options)
      .begin(test.context, () => {})
      .run(test.context.term.ended);

    await test.untilRow(isCancelled, 'it is cancelled');
  });

  it('deletes nothing in the name of a term that may act no more, though no timer has fired', async () => {
    const clock = new LeaseClock();
    await using test = await wishesAtWork({ clock });
    test.open({ status: 'Running', desired: 'Cancel' }, { ready: 1 });
    test.cluster.onFind = () => {
      clock.advance(aLease().workMs); // the process was stopped here
      return undefined;
    };

    await test.pass();

    assert.equal(test.row().ending, 'Cancelled');
    assert.equal(test.cluster.removed.length, 0);
  });

  it('changes nothing once another leader has begun', async () => {
    await using test = await wishesAtWork();
    test.open({ status: 'Running', desired: 'Cancel' }, { ready: 1 });
    test.database.leader = { ...test.database.leader, epoch: 2 };

    await test.pass();

    assert.deepEqual([test.row().ending, test.cluster.removed.length], [undefined, 0]);
    assert.equal(test.context.term.canAct(), false);
  });

  it('looks at a Job again that has changed before it was deleted, and lets its end be its end', async () => {
    await using test = await wishesAtWork();
    test.open({ status: 'Running', desired: 'Cancel' }, { ready: 1 });
    test.cluster.onRemove = () => {
      const [job] = test.cluster.jobs.values();
      if (job) test.cluster.put({ ...job, resourceVersion: 'later', succeeded: 1, conditions: [aCondition()] });
      return 'changed';
    };

    const row = await test.untilRow(({ finishedAtMs }) => finishedAtMs !== undefined, 'it has ended');

    assert.deepEqual([row.status, test.cluster.removed.length], ['Succeeded', 1]);
  });

  it('is not overtaken by how its pods end while they are stopped', async () => {
    await using test = await wishesAtWork();
    test.open({ status: 'Running', desired: 'Cancel' }, { ready: 1 });
    const deletedAtMs = Date.UTC(2026, 0, 1);
    test.cluster.onRemove = () => {
      const [job = assert.fail()] = test.cluster.jobs.values();
      const deleting = test.cluster.put({ ...job, resourceVersion: 'deleting', deleting: true, deletedAtMs });
      const failed = aCondition({ type: 'Failed', lastTransitionTimeMs: deletedAtMs });
      test.cluster.put({ ...deleting, resourceVersion: 'failed', failed: 1, conditions: [failed] });
      const last = { ...deleting, resourceVersion: 'failed', failed: 1, conditions: [failed] };
      test.cluster.delete(last);
      return 'removed';
    };

    await test.untilRow(isCancelled, 'it is cancelled');
  });
});
