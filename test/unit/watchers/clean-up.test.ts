import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCleanUp } from '../../../src/watchers/clean-up/clean-up.ts';
import { aCondition, anAttempt } from '../../support/builders.ts';
import { aTermContext } from '../../support/term-context.ts';
import { anOpenRow } from './a-followed-namespace.ts';

const attempt = anAttempt();
const { attemptId, taskId } = attempt;

/** An attempt that has ended, whose Job is to be deleted by now. */
async function aDueCleanUp({ hasLog = false } = {}) {
  const context = await aTermContext();
  const { database, store, term, cluster } = context;
  const job = cluster.put(cluster.jobOf(attempt, { succeeded: 1, conditions: [aCondition()] }));
  database.insert(anOpenRow(attempt, { jobUid: job.uid }));
  const end = { taskId, attemptId, status: 'Succeeded', reason: undefined, message: undefined } as const;
  await store.recordEnd(term.epoch, [{ ...end, jobUid: job.uid, started: true, cleanUpSeconds: 0, hasLog }]);
  let woken = 0;
  const run = createCleanUp().begin(context, () => {
    woken += 1;
  });
  return {
    ...{ context, database, cluster, job },
    kept: () => database.kept.get(attemptId) ?? assert.fail(),
    pass: () => run.run(term.ended),
    woken: () => woken,
    names: () => database.statements.map(({ name }) => name),
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}

describe('the Job of an attempt that has ended', () => {
  it('is deleted only after that is committed, by its uid, and then done with', async () => {
    await using given = await aDueCleanUp();
    await given.pass();
    assert.deepEqual([given.kept().ending, given.cluster.removed, given.woken()], ['CleanUp', [], 1]);
    await given.pass();
    const { namespace, name, uid } = given.job;
    assert.deepEqual(given.cluster.removed, [{ namespace, name, uid }]);
    assert.equal(given.kept().cleanUpAtMs, undefined);
    await given.pass();
    assert.equal(given.cluster.removed.length, 1);
  });

  it('leaves its row as it is', async () => {
    await using given = await aDueCleanUp();
    const before = { ...given.database.row(taskId) };
    await given.pass();
    await given.pass();
    assert.deepEqual(given.database.row(taskId), before);
  });

  it('stays while its log is due', async () => {
    await using given = await aDueCleanUp({ hasLog: true });
    await given.pass();
    await given.pass();
    assert.deepEqual([given.kept().ending, given.cluster.removed], [undefined, []]);
  });

  it('stays while its attempt is open: what was kept of it came before a crash', async () => {
    await using given = await aDueCleanUp();
    Object.assign(given.database.row(taskId), { finishedAtMs: undefined, status: 'Running' });
    await given.pass();
    await given.pass();
    assert.deepEqual([given.kept().ending, given.cluster.removed], [undefined, []]);
    assert.ok((given.kept().cleanUpAtMs ?? 0) > given.database.nowMs());
  });

  it('goes though its row has begun another attempt, or is gone', async () => {
    for (const change of [
      (given: Awaited<ReturnType<typeof aDueCleanUp>>) =>
        Object.assign(given.database.row(taskId), { attemptId: 'the next', finishedAtMs: undefined }),
      (given: Awaited<ReturnType<typeof aDueCleanUp>>) => given.database.rows.delete(taskId),
    ]) {
      await using given = await aDueCleanUp();
      change(given);
      await given.pass();
      await given.pass();
      assert.equal(given.cluster.removed.length, 1);
    }
  });

  it('that cannot be deleted is tried again later', async () => {
    await using given = await aDueCleanUp();
    given.cluster.onRemove = () => 'unknown';
    await given.pass();
    await given.pass();
    assert.equal(given.kept().ending, 'CleanUp');
    const restMs = (given.kept().cleanUpAtMs ?? 0) - given.database.nowMs();
    assert.ok(restMs > 25_000 && restMs < 65_000, `${restMs} ms`);
  });

  it('whose name another one has by now is done with', async () => {
    await using given = await aDueCleanUp();
    given.cluster.onRemove = () => 'changed';
    await given.pass();
    await given.pass();
    assert.equal(given.kept().cleanUpAtMs, undefined);
  });

  it('stays when the leader is one no longer', async () => {
    await using given = await aDueCleanUp();
    given.database.leader = { ...given.database.leader, epoch: 99 };
    await given.pass();
    await given.pass();
    assert.ok(given.context.term.ended.aborted);
    assert.deepEqual(given.cluster.removed, []);
  });

  it('is not deleted by a leader that lost the lead between intent and deletion', async () => {
    await using given = await aDueCleanUp();
    await given.pass();
    given.context.term.end('lost');
    await given.pass();
    assert.deepEqual(given.cluster.removed, []);
  });
});
