import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aLease } from '../../../support/a-term.ts';
import { aCondition, anAttempt } from '../../../support/builders.ts';
import { LeaseClock } from '../../../support/lease-clock.ts';
import type { TaskRow } from '../../../support/memory-database.ts';
import { wishesAtWork } from './wishes-at-work.ts';

const isHeld = ({ status }: TaskRow) => status === 'Suspended';
const attempt = anAttempt();

describe('a Suspend', () => {
  it('holds a row that waits until it is to run, and then takes it up', async () => {
    await using test = await wishesAtWork();
    test.database.insert({ taskId: '1', desired: 'Suspend' });
    await test.untilRow(isHeld, 'it is held');
    assert.equal(test.cluster.launched.length, 0);

    test.row().desired = 'Run';

    await test.untilRow(({ jobUid }) => jobUid !== undefined, 'it has a Job');
    assert.equal(test.row().attempt, 1);
  });

  it('holds an attempt that waits for its Job once there is none for sure, and lets it go on as the same', async () => {
    await using test = await wishesAtWork();
    test.open({ reason: 'QuotaExceeded', nextCheckAtMs: 9e9, desired: 'Suspend' });
    const held = { ...(await test.untilRow(isHeld, 'it is held')) };
    assert.deepEqual([held.reason, held.nextCheckAtMs, test.cluster.launched.length], ['Suspended', undefined, 0]);

    test.row().desired = 'Run';

    const row = await test.untilRow(({ jobUid }) => jobUid !== undefined, 'it has a Job');
    assert.deepEqual([row.attempt, row.attemptId], [held.attempt, held.attemptId]);
  });

  it('does not count the time for which it was held towards the time within which its Job has to be there', async () => {
    await using test = await wishesAtWork();
    test.open({ reason: 'QuotaExceeded', nextCheckAtMs: 9e9, desired: 'Suspend', claimedAtMs: -7_200_000 });
    await test.untilRow(isHeld, 'it is held');
    const wait = { message: 'words', shortestMs: 1_000, longestMs: 2_000, scope: 'attempt' } as const;
    test.cluster.onLaunch = () => ({ result: 'wait', reason: 'QuotaExceeded', ...wait });

    test.row().desired = 'Run';

    await test.untilRow(({ reason }) => reason === 'QuotaExceeded', 'it waits again');
    assert.equal(test.row().finishedAtMs, undefined);
  });

  it('is not carried out on an attempt whose user lets it go on before that is written', async () => {
    await using test = await wishesAtWork();
    test.open({ reason: 'QuotaExceeded', nextCheckAtMs: 9e9, desired: 'Suspend' });
    test.database.onStatement = (name) => {
      if (name === 'recordHeld') test.row().desired = 'Run';
      return undefined;
    };

    await test.untilRow(({ jobUid }) => jobUid !== undefined, 'it has a Job');

    assert.equal(test.row().status, 'Pending');
  });

  it('follows the Job that there is all the same, and suspends that', async () => {
    await using test = await wishesAtWork();
    test.open({ nextCheckAtMs: 9e9, desired: 'Suspend' });
    const job = test.cluster.jobOf(attempt);
    test.cluster.jobs.set(`${job.namespace}/${job.name}`, job);

    const row = await test.untilRow(isHeld, 'it is held');

    assert.equal(row.jobUid, job.uid);
    assert.deepEqual(test.cluster.suspensions, [{ name: job.name, isSuspended: true }]);
  });

  it('suspends a Job, whose row says so as soon as the Job does, and lets it go on', async () => {
    await using test = await wishesAtWork();
    test.open({ status: 'Running', desired: 'Suspend' }, { ready: 1 });
    await test.untilRow(isHeld, 'it is held');

    test.row().desired = 'Run';

    await test.untilRow(({ status }) => status === 'Running', 'it runs');
    assert.deepEqual(
      test.cluster.suspensions.map(({ isSuspended }) => isSuspended),
      [true, false],
    );
  });

  it('leaves a Job alone that somebody else suspends', async () => {
    await using test = await wishesAtWork();
    test.open({ status: 'Pending', desired: 'Suspend' }, { suspended: true });

    await test.untilRow(({ reason }) => reason === 'SuspendedElsewhere', 'it waits for them');

    assert.deepEqual([test.row().status, test.cluster.suspensions.length], ['Pending', 0]);
  });

  it('leaves a Job alone that has ended', async () => {
    await using test = await wishesAtWork();
    test.open({ status: 'Running', desired: 'Suspend' }, { ready: 1 });
    test.cluster.onFind = () => {
      const [job] = test.cluster.jobs.values();
      return job && { result: 'found', job: { ...job, succeeded: 1, conditions: [aCondition()] } };
    };

    const row = await test.untilRow(({ finishedAtMs }) => finishedAtMs !== undefined, 'it has ended');

    assert.deepEqual([row.status, test.cluster.suspensions.length], ['Succeeded', 0]);
  });

  it('that comes too late, after its user let the task go on, is taken back', async () => {
    await using test = await wishesAtWork();
    test.open({ status: 'Running', desired: 'Suspend' }, { ready: 1 });
    const late = Promise.withResolvers<void>();
    test.cluster.onSuspend = async (_job, isSuspended): Promise<'done'> => {
      if (isSuspended) await late.promise;
      return 'done';
    };
    await test.pass();
    test.row().desired = 'Run';
    await test.pass();
    assert.equal(test.row().status, 'Running');

    late.resolve();
    await test.untilRow(isHeld, 'the late one is carried out');

    await test.untilRow(({ status }) => status === 'Running', 'it runs on');
  });

  it('changes nothing in the name of a term that may act no more, though no timer has fired', async () => {
    const clock = new LeaseClock();
    await using test = await wishesAtWork({ clock });
    test.open({ status: 'Running', desired: 'Suspend' }, { ready: 1 });
    test.cluster.onFind = () => {
      clock.advance(aLease().workMs); // the process was stopped here
      return undefined;
    };

    await test.pass();

    assert.equal(test.cluster.suspensions.length, 0);
  });

  it('that is refused says so in the row, which runs on', async () => {
    await using test = await wishesAtWork();
    test.open({ status: 'Running', desired: 'Suspend' }, { ready: 1 });
    test.cluster.onSuspend = () => 'unknown';

    const row = await test.untilRow(({ message }) => message !== undefined, 'it says so');

    assert.match(row.message ?? '', /is to be suspended, and cannot be yet: no answer/);
    assert.equal(row.status, 'Running');
  });

  it('gives way to a Cancel that has begun', async () => {
    await using test = await wishesAtWork();
    test.open({ status: 'Running', desired: 'Cancel' }, { ready: 1 });
    test.cluster.onRemove = () => {
      for (const job of test.cluster.jobs.values()) test.cluster.put({ ...job, deleting: true });
      return 'changed';
    };
    await test.untilRow(({ ending }) => ending !== undefined, 'its end is committed');
    test.row().desired = 'Suspend';

    for (let passes = 0; passes < 3; passes += 1) await test.pass();

    assert.equal(test.cluster.suspensions.length, 0);
  });
});

describe('a word that its user wrote', () => {
  it("over a running attempt is put back, though it is 'Suspended'", async () => {
    await using test = await wishesAtWork();
    test.open({ status: 'Running' }, { ready: 1 });
    await test.pass();

    test.row().status = 'Suspended';

    await test.untilRow(({ status }) => status === 'Running', 'it is put back');
    assert.deepEqual([test.row().reason, test.cluster.suspensions.length], ['StatusPutBack', 0]);
  });

  it("into a row that has ended begins nothing, though it is 'Suspended'", async () => {
    await using test = await wishesAtWork();
    test.database.insert({ taskId: '1', status: 'Suspended', attemptId: 'a', finishedAtMs: 1 });

    for (let passes = 0; passes < 3; passes += 1) await test.pass();

    assert.equal(test.row().status, 'Suspended');
  });
});
