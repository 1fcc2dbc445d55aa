import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aCondition } from '../../support/builders.ts';
import { anInheritance } from './an-inheritance.ts';

describe('a row that the system before this one left open', () => {
  for (const status of ['Pending', 'Running', 'Unknown']) {
    it(`is found by name, recorded by uid, and says what its Job says (${status})`, async () => {
      await using test = await anInheritance();
      test.leave('1', status);
      test.putJob('1', { active: 1, ready: 1 });
      await test.look();
      const row = test.database.row('1');
      assert.deepEqual([row.status, row.jobUid, row.jobName, row.attempt], ['Running', 'uid-1', 'task-1', 1]);
      assert.equal(test.context.attempts.size, 1);
    });
  }

  it('is followed by uid until its Job has ended', async () => {
    await using test = await anInheritance();
    test.leave('1');
    const job = test.putJob('1', { ready: 1 });
    await test.look();
    test.putJob('1', { ...job, ready: 0, succeeded: 1, conditions: [aCondition()] });
    await test.look();
    assert.equal(test.database.row('1').status, 'Succeeded');
    assert.equal(test.context.attempts.size, 0);
  });

  it('fails when it has no Job', async () => {
    await using test = await anInheritance();
    test.leave('1');
    await test.look();
    const { status, reason, finishedAtMs } = test.database.row('1');
    assert.deepEqual([status, reason], ['Failed', 'JobDeleted']);
    assert.notEqual(finishedAtMs, undefined);
    assert.equal(test.cluster.launched.length, 0);
  });

  it('fails when its Job is deleted later, and is not created again', async () => {
    await using test = await anInheritance();
    test.leave('1');
    const job = test.putJob('1', { ready: 1 });
    await test.look();
    test.cluster.delete(job);
    await test.look();
    assert.equal(test.database.row('1').reason, 'JobDeleted');
    assert.equal(test.cluster.launched.length, 0);
  });

  it('is left as it is while it is not known whether it has a Job', async () => {
    await using test = await anInheritance();
    test.leave('1');
    test.cluster.onFind = () => ({ result: 'unknown', reason: 'ApiUnavailable', detail: 'reset' });
    await test.look();
    assert.deepEqual([test.database.row('1').status, test.database.row('1').attemptId], ['Running', undefined]);
  });

  it('is left as it is in a namespace where tasks may not run', async () => {
    await using test = await anInheritance();
    test.leave('1', 'Running', 'kube-system');
    await test.look();
    assert.equal(test.database.row('1').attemptId, undefined);
  });

  it('is left as it is when too many have no Job, and those that have one are followed', async () => {
    await using test = await anInheritance();
    for (let id = 1; id <= 20; id += 1) test.leave(String(id));
    test.putJob('20', { ready: 1 });
    await test.look();
    assert.equal(test.database.row('1').finishedAtMs, undefined);
    assert.equal(test.database.row('20').jobUid, 'uid-20');
  });

  it('is not looked for again and again once all are taken over', async () => {
    await using test = await anInheritance();
    for (let looks = 0; looks < 5; looks += 1) await test.look();
    assert.equal(test.database.count('listInherited'), 1);
  });

  it('ends the term when the database has a newer epoch', async () => {
    await using test = await anInheritance();
    test.leave('1');
    test.database.leader = { ...test.database.leader, epoch: 99 };
    await test.look().catch(() => {}); // what else the look would do ends with the term
    assert.match(String(test.context.term.endReason), /newer epoch/);
    assert.equal(test.database.row('1').attemptId, undefined);
  });

  it('is followed though another namespace cannot be listed', async () => {
    await using test = await anInheritance();
    test.leave('1', 'Running', 'demo');
    test.leave('2', 'Running', 'default');
    test.putJob('1', { namespace: 'demo', ready: 1 });
    const job = test.putJob('2', { ready: 1 });
    await test.look();
    test.cluster.onList = (namespace) => {
      if (namespace === 'demo') throw new Error('jobs.batch is forbidden');
    };
    test.putJob('2', { ...job, ready: 0, succeeded: 1, conditions: [aCondition()] });
    await test.look().catch(() => {});
    assert.equal(test.database.row('2').status, 'Succeeded');
  });

  it('is found behind 200 rows of namespaces where tasks may not run', async () => {
    await using test = await anInheritance();
    for (let id = 1; id <= 200; id += 1) test.leave(String(id), 'Running', 'elsewhere');
    test.leave('201');
    test.putJob('201', { ready: 1 });
    await test.look();
    assert.equal(test.database.row('201').jobUid, 'uid-201');
  });

  it('is taken over soon after it is free when somebody holds it', async () => {
    await using test = await anInheritance();
    test.leave('1');
    test.putJob('1', { ready: 1 });
    test.database.held.add('1');
    await test.look();
    test.database.held.clear();
    await test.look();
    assert.equal(test.database.row('1').jobUid, 'uid-1');
  });

  it('is not looked for under a name that no Job can have: it has none', async () => {
    await using test = await anInheritance();
    const asked: string[] = [];
    test.cluster.onFind = (_namespace, name) => void asked.push(name);
    test.database.insert({ taskId: '1', status: 'Running', name: '../../../api/v1?watch=1' });
    await test.look();
    assert.deepEqual(asked, []);
    assert.notEqual(test.database.row('1').finishedAtMs, undefined);
  });

  it('is looked for again soon when it was not known whether it has a Job', async () => {
    await using test = await anInheritance();
    test.leave('1');
    test.putJob('1', { ready: 1 });
    test.cluster.onFind = () => ({ result: 'unknown', reason: 'ApiUnavailable', detail: 'reset' });
    await test.look();
    test.cluster.onFind = () => undefined;
    await test.look();
    assert.equal(test.database.row('1').jobUid, 'uid-1');
  });

  it('is found behind many rows that have had no Job for long', async () => {
    await using test = await anInheritance();
    for (let id = 1; id <= 250; id += 1) test.leave(String(id));
    test.leave('251');
    test.putJob('251', { ready: 1 });
    for (let looks = 0; looks < 5; looks += 1) await test.look();
    assert.equal(test.database.row('251').jobUid, 'uid-251');
  });
});
