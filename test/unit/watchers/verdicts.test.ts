import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skippableTime } from '../../support/mock-time.ts';
import { verdictsAbout } from './verdicts-about.ts';

describe('a Job that seems to be gone', () => {
  it('fails its row once when nothing has its name', async () => {
    await using test = await verdictsAbout(1);
    for (let told = 0; told < 3; told += 1) test.verdicts.suspect(test.first);
    for (let looked = 0; looked < 3; looked += 1) await test.look();
    const { status, reason, jobUid, finishedAtMs, startedAtMs } = test.context.database.row('1');
    assert.deepEqual([status, reason, jobUid], ['Failed', 'JobDeleted', 'uid-1']);
    assert.ok(finishedAtMs !== undefined && startedAtMs !== undefined);
    assert.equal(test.context.database.count('recordEnd'), 1);
    assert.equal(test.context.attempts.size, 0);
  });

  it('fails its row when another Job has its name', async () => {
    await using test = await verdictsAbout(1);
    test.context.cluster.put({ ...test.job(0), uid: 'another' });
    test.verdicts.suspect(test.first);
    await test.look();
    assert.equal(test.failed(), 1);
  });

  it('is let go when it is there', async () => {
    await using test = await verdictsAbout(1);
    test.context.cluster.put(test.job(0));
    test.verdicts.suspect(test.first);
    await test.look();
    test.context.cluster.jobs.clear();
    await test.look();
    assert.deepEqual([test.failed(), test.context.attempts.size], [0, 1]);
  });

  it('is looked at again while it is being deleted, until it is gone', async (context) => {
    const time = skippableTime(context);
    await using test = await verdictsAbout(1);
    const dying = test.context.cluster.put({ ...test.job(0), deleting: true });
    test.verdicts.suspect(test.first);
    await test.look();
    assert.equal(test.failed(), 0);
    test.context.cluster.delete(dying);
    await test.look();
    assert.equal(test.failed(), 0, 'not sooner than after a second');
    time.skip(1_000);
    await test.look();
    assert.equal(test.failed(), 1);
  });

  it('is looked at again when the cluster gives no answer', async (context) => {
    const time = skippableTime(context);
    await using test = await verdictsAbout(1);
    test.context.cluster.onFind = () => ({ result: 'unknown', reason: 'ApiUnavailable', detail: 'reset' });
    test.verdicts.suspect(test.first);
    await test.look();
    test.context.cluster.onFind = () => undefined;
    assert.deepEqual([test.failed(), test.context.attempts.size], [0, 1]);
    time.skip(1_000);
    await test.look();
    assert.equal(test.failed(), 1);
  });

  it('is looked at less and less often while its namespace cannot be read, and at once when that can be listed', async (context) => {
    const time = skippableTime(context);
    await using test = await verdictsAbout(30);
    let looks = 0;
    test.context.cluster.onFind = () => {
      looks += 1;
      return { result: 'unknown', reason: 'Forbidden', detail: 'no Role' };
    };
    for (const attempt of test.followed) test.verdicts.suspect(attempt);
    for (let seconds = 0; seconds < 30; seconds += 1) {
      await test.look();
      time.skip(1_000);
    }
    const looksEach = looks / test.followed.length;
    assert.ok(looksEach > 4 && looksEach < 9, `${looksEach} looks each in half a minute`);
    test.context.cluster.onFind = () => undefined;
    test.verdicts.listed('default', test.followed);
    await test.look();
    assert.deepEqual([test.failed(), test.verdicts.brakes], [30, []]);
  });

  it('is looked at again when the row cannot be read', async () => {
    await using test = await verdictsAbout(1);
    test.context.database.onStatement = (name) => (name === 'readOpen' ? { kind: 'unknown' } : undefined);
    test.verdicts.suspect(test.first);
    await assert.rejects(test.look());
    assert.equal(test.context.attempts.size, 1);
    test.context.database.onStatement = () => undefined;
    await test.look();
    assert.equal(test.failed(), 1);
  });

  it('does not change a row that is gone or has gone on to another attempt, and follows it no longer', async () => {
    await using test = await verdictsAbout(2);
    test.context.database.rows.delete('1');
    test.context.database.row('2').attemptId = 'a-later-one';
    for (const attempt of test.followed) test.verdicts.suspect(attempt);
    await test.look();
    assert.deepEqual([test.failed(), test.context.attempts.size], [0, 0]);
    assert.equal(test.context.database.count('recordEnd'), 0);
  });

  it('does not fail a row of whose end was told while it was looked for', async () => {
    await using test = await verdictsAbout(1);
    test.context.cluster.onFind = () => {
      test.context.attempts.forget(test.first);
      const { taskId, attemptId } = test.first;
      test.context.recorder.ended.add({
        ...{ taskId, attemptId, jobUid: 'uid-1', started: true, message: undefined, reason: undefined },
        status: 'Succeeded',
      });
      return { result: 'missing' };
    };
    test.verdicts.suspect(test.first);
    await test.look();
    assert.equal(test.context.database.row('1').status, 'Succeeded');
    assert.equal(test.failed(), 0);
  });

  it('gives no verdict once the term may not act', async () => {
    await using test = await verdictsAbout(1);
    test.verdicts.suspect(test.first);
    test.context.term.end('lost');
    await test.look();
    assert.equal(test.failed(), 0);
  });

  it('is looked for with at most four requests at a time', async () => {
    await using test = await verdictsAbout(10);
    let inFlight = 0;
    let most = 0;
    test.context.cluster.onFind = async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise(setImmediate);
      inFlight -= 1;
      return undefined;
    };
    for (const attempt of test.followed) test.verdicts.suspect(attempt);
    await test.look();
    assert.deepEqual([most, test.failed()], [4, 10]);
  });
});
