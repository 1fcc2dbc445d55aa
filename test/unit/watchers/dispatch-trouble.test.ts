import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { followJobs } from '../../../src/watchers/sync/follow-jobs.ts';
import { aCondition, anAttempt } from '../../support/builders.ts';
import { eventually } from '../../support/eventually.ts';
import { type SkippableTime, skippableTime, turn } from '../../support/mock-time.ts';
import { aDispatch } from './a-dispatch.ts';
import { anOpenRow } from './a-followed-namespace.ts';

/** Passes while time goes by, as the scheduler would repeat them; what a pass throws is the scheduler's to log. */
async function passesFor(test: Awaited<ReturnType<typeof aDispatch>>, time: SkippableTime, durationMs: number) {
  for (let passedMs = 0; passedMs < durationMs; passedMs += 10) {
    await test.pass().catch(() => {});
    time.skip(10);
    await turn();
  }
}

describe('dispatch in trouble', () => {
  it('takes up what was claimed when the answer was lost, once its lease has run out', async (context) => {
    const time = skippableTime(context);
    await using test = await aDispatch({ createLeaseMs: 20 });
    test.insert(1);
    let isLost = true;
    test.database.onStatement = (name) => {
      if (name !== 'claimNormal' || !isLost) return undefined;
      isLost = false;
      return { kind: 'unknown', isApplied: true };
    };
    await passesFor(test, time, 300);
    assert.deepEqual(test.launched(), ['1']);
    assert.equal(test.database.row('1').attempt, 1);
  });

  for (const [locked, other] of [
    ['claimNormal', 'claimDue'],
    ['claimDue', 'claimNormal'],
  ] as const) {
    it(`meets a lock with one kind of claim seldom, and goes on with the other meanwhile (${locked})`, async (context) => {
      const time = skippableTime(context);
      await using test = await aDispatch();
      const triesMs: number[] = [];
      test.database.onStatement = (name) => {
        if (name !== locked) return undefined;
        triesMs.push(performance.now());
        return { kind: 'lock-wait' };
      };
      for (let round = 1; round <= 3; round += 1) {
        const due = anAttempt({ taskId: `1${round}`, attemptId: `due-${round}`, jobName: `due-${round}` });
        test.database.insert(anOpenRow(due, { nextCheckAtMs: 0 }));
        test.insert(1, {}, 20 + round);
        await passesFor(test, time, 300);
      }
      const restsMs = triesMs.slice(1).map((triedMs, index) => triedMs - (triesMs[index] ?? 0));
      assert.ok(triesMs.length > 0 && restsMs.every((restMs) => restMs >= 1_000), restsMs.join(', '));
      assert.deepEqual(test.launched(), locked === 'claimNormal' ? ['11', '12', '13'] : ['21', '22', '23']);
      assert.ok(test.claims(other).length >= 3);
    });
  }

  it('says in the log and in the readiness why rows cannot be claimed, until they can', async (context) => {
    const time = skippableTime(context);
    await using test = await aDispatch();
    test.insert(1);
    let isAway = true;
    test.database.onStatement = (name) => (name === 'listNormal' && isAway ? { kind: 'unknown' } : undefined);
    await test.pass();
    assert.equal(test.run.waitsItself, false, 'while it rests it does not wait by itself');
    await passesFor(test, time, 300);
    const tries = test.database.count('listNormal');
    assert.ok(tries >= 2 && tries <= 6, `${tries} tries in 300 ms`);
    const [first] = test.context.memoryLog.with('rows not claimed, trying again');
    assert.deepEqual([first?.rows, first?.failures], ['Normal rows', 1]);
    assert.match(test.state.report().detail ?? '', /Normal rows cannot be claimed \(unknown\): listNormal failed/);
    isAway = false;
    await passesFor(test, time, 900);
    assert.deepEqual(test.launched(), ['1']);
    assert.doesNotMatch(test.state.report().detail ?? '', /cannot be claimed/);
  });

  for (const [slow, launched] of [
    ['claimNormal', '99'],
    ['claimDue', '1'],
  ] as const) {
    it(`does not wait with one kind of claim for the other's answer (${slow})`, async () => {
      await using test = await aDispatch();
      test.database.insert(anOpenRow(anAttempt({ taskId: '99' }), { nextCheckAtMs: 0 }));
      test.insert(1);
      const gate = Promise.withResolvers<undefined>();
      test.database.onStatement = (name) => (name === slow ? gate.promise : undefined);
      const pass = test.pass();
      await eventually(() => test.launched().includes(launched), 'the other one is launched');
      gate.resolve(undefined);
      await pass;
    });
  }

  it('takes up what is due though somebody holds the 500 rows that are longest due', async (context) => {
    const time = skippableTime(context);
    await using test = await aDispatch();
    for (let id = 1; id <= 501; id += 1) {
      const attempt = anAttempt({ taskId: String(id), attemptId: `attempt-${id}`, jobName: `task-${id}` });
      test.database.insert(anOpenRow(attempt, { nextCheckAtMs: id }));
      if (id <= 500) test.database.held.add(String(id));
    }
    await passesFor(test, time, 800);
    assert.deepEqual(test.launched(), ['501']);
  });

  it('does not create a Job again whose end it was told of, while that is still to be written', async (context) => {
    const time = skippableTime(context);
    await using test = await aDispatch({ createLeaseMs: 300 });
    test.insert(1);
    test.cluster.onLaunch = () => {
      test.database.held.add('1'); // before the uid can be recorded
      return undefined;
    };
    await test.pass();
    await eventually(() => test.cluster.jobs.size === 1, 'the job is created');
    const observer = followJobs({
      ...test.context,
      namespace: 'default',
      ...{ onDeleted() {}, onListed() {}, onStray() {}, onStrayGone() {}, onTrouble() {} },
    });
    const [job] = test.cluster.jobs.values();
    assert.ok(job);
    observer.changed({ ...job, succeeded: 1, conditions: [aCondition()] });
    test.cluster.delete(job); // its user cleans up at once
    time.skip(320);
    test.database.held.clear(); // the writes about it are tried again in a moment; dispatch may come first
    test.database.onStatement = (name) => (name.startsWith('record') ? { kind: 'unknown' } : undefined);
    await passesFor(test, time, 300);
    assert.deepEqual(test.launched(), ['1']);
  });

  it('follows a Job under the name that its row got, though the answer to that was lost', async (context) => {
    const time = skippableTime(context);
    await using test = await aDispatch({ createLeaseMs: 50 });
    const other = anAttempt({ taskId: '7', attemptId: 'old', jobName: 'task-1' });
    test.database.insert(anOpenRow(other, { finishedAtMs: 1 }));
    test.cluster.put(test.cluster.jobOf(other, { conditions: [aCondition()] }));
    test.insert(1);
    let isLost = true;
    test.database.onStatement = (name) => {
      if (name !== 'recordRenamed' || !isLost) return undefined;
      isLost = false;
      return { kind: 'unknown', isApplied: true };
    };
    await passesFor(test, time, 600);
    const { jobName, attemptId = '' } = test.database.row('1');
    assert.equal(jobName, 'task-1-1-r1');
    assert.ok(test.cluster.jobs.has('default/task-1-1-r1'));
    assert.equal(test.context.attempts.get(attemptId)?.jobName, jobName);
  });
});
