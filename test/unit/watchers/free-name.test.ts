import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobView } from '../../../src/task/job-view.ts';
import type { ClaimedTask } from '../../../src/task/task.ts';
import { freeName } from '../../../src/watchers/dispatch/free-name.ts';
import { aLease } from '../../support/a-term.ts';
import { aCondition, anAttempt } from '../../support/builders.ts';
import { eventually } from '../../support/eventually.ts';
import { LeaseClock } from '../../support/lease-clock.ts';
import { anOpenRow } from './a-followed-namespace.ts';
import { aLauncher, type LauncherSetting } from './a-launcher.ts';

const old = anAttempt({ taskId: '7', attemptId: 'old-attempt', jobName: 'task-1' });

/** Row 1 is claimed, and an ended Job of row 7 has its name. */
async function aTakenName(overrides: Partial<JobView> = {}, setting: LauncherSetting = {}) {
  const test = await aLauncher(setting);
  const task: ClaimedTask = await test.claimOne();
  const by = test.context.cluster.put(test.context.cluster.jobOf(old, { conditions: [aCondition()], ...overrides }));
  return {
    ...{ test, task, by, ...test.context },
    free: () => freeName(test.context, task, by),
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
}

describe('the ended Job that has the name of an attempt', () => {
  it('is removed by uid when its row is gone; the attempt keeps the name', async () => {
    await using taken = await aTakenName();
    assert.deepEqual(await taken.free(), { result: 'renamed', jobName: 'task-1' });
    assert.deepEqual(taken.cluster.removed, [taken.by]);
  });

  it('is removed when its row has gone on to another attempt', async () => {
    await using taken = await aTakenName();
    taken.database.insert(anOpenRow({ ...old, attemptId: 'newer', number: 2 }));
    assert.equal((await taken.free()).result, 'renamed');
    assert.equal(taken.cluster.removed.length, 1);
  });

  it('stays when its row still carries it; the attempt gets another name, in its row first', async () => {
    await using taken = await aTakenName();
    taken.database.insert(anOpenRow(old, { finishedAtMs: 1 }));
    assert.deepEqual(await taken.free(), { result: 'renamed', jobName: 'task-1-1-r1' });
    assert.equal(taken.database.row('1').jobName, 'task-1-1-r1');
    assert.equal(taken.cluster.removed.length, 0);
  });

  for (const taskId of ['', 'x', '1 OR 1=1', undefined]) {
    it(`is removed when no row can carry it (task id ${JSON.stringify(taskId)})`, async () => {
      await using taken = await aTakenName();
      const by = { ...taken.by, labels: { ...taken.by.labels, taskId } };
      assert.equal((await freeName(taken.test.context, taken.task, by)).result, 'renamed');
      assert.equal(taken.database.count('isCarried'), 0);
    });
  }

  for (const outcome of ['changed', 'unknown'] as const) {
    it(`is waited for when its removal came to nothing (${outcome})`, async () => {
      await using taken = await aTakenName();
      taken.cluster.onRemove = () => outcome;
      const wait = await taken.free();
      assert.ok(wait.result === 'wait');
      assert.deepEqual([wait.reason, wait.scope], ['NameConflict', 'attempt']);
    });
  }

  it('is waited for when somebody holds the row that gets another name', async () => {
    await using taken = await aTakenName();
    taken.database.insert(anOpenRow(old, { finishedAtMs: 1 }));
    taken.database.held.add('1');
    assert.equal((await taken.free()).result, 'wait');
    assert.equal(taken.database.row('1').jobName, 'task-1');
  });

  it('is not touched once the term has ended', async () => {
    await using taken = await aTakenName();
    taken.database.onStatement = () => {
      queueMicrotask(() => taken.term.end('lost'));
      return new Promise(() => {});
    };
    await assert.rejects(taken.free());
    assert.equal(taken.cluster.removed.length, 0);
  });

  it('is not touched once the term may not act, though no timer has fired', async () => {
    const clock = new LeaseClock();
    await using taken = await aTakenName({}, { clock });
    taken.database.onStatement = () => {
      clock.advance(aLease().workMs);
      return undefined;
    };
    assert.equal((await taken.free()).result, 'wait');
    assert.equal(taken.cluster.removed.length, 0);
  });

  it('ends the term when the database has a newer epoch', async () => {
    await using taken = await aTakenName();
    taken.database.insert(anOpenRow(old, { finishedAtMs: 1 }));
    taken.database.leader = { ...taken.database.leader, epoch: 99 };
    assert.equal((await taken.free()).result, 'wait');
    assert.match(String(taken.term.endReason), /newer epoch/);
  });
});

describe('an attempt whose name an ended Job has', () => {
  it('is launched under its name as soon as that Job is removed', async () => {
    await using taken = await aTakenName();
    taken.test.launcher.add([taken.task]);
    await eventually(() => taken.database.row('1').jobUid !== undefined, 'it is launched');
    assert.deepEqual(
      taken.cluster.launched.map(({ jobName }) => jobName),
      ['task-1', 'task-1'],
    );
    assert.equal(taken.cluster.jobs.get('default/task-1')?.labels.taskId, '1');
  });

  it('is launched under another name when that Job stays, and followed under it', async () => {
    await using taken = await aTakenName();
    taken.database.insert(anOpenRow(old, { finishedAtMs: 1 }));
    taken.test.launcher.add([taken.task]);
    await eventually(() => taken.database.row('1').jobUid !== undefined, 'it is launched');
    assert.equal(taken.attempts.get(taken.task.attemptId)?.jobName, 'task-1-1-r1');
    assert.equal(taken.cluster.jobs.size, 2);
  });
});
