import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogOutcome } from '../../../src/executors/executor.ts';
import type { PodView } from '../../../src/task/pod-view.ts';
import { createLogs } from '../../../src/watchers/logs/logs.ts';
import { aJobView, anAttempt, anEndedPod, aPodView } from '../../support/builders.ts';
import { aTermContext } from '../../support/term-context.ts';
import { anOpenRow } from './a-followed-namespace.ts';

const { attemptId, taskId } = anAttempt();
const { uid: jobUid } = aJobView();
const minuteMs = 60_000;

/** An attempt whose end is recorded and whose log is due. */
async function anEndedAttempt(pods: readonly PodView[] = [anEndedPod(3)], exitCode?: number) {
  const context = await aTermContext();
  const { database, store, term, recorder } = context;
  database.insert(anOpenRow(anAttempt(), { jobUid }));
  const end = { taskId, attemptId, status: 'Failed', reason: 'ExitCode', message: undefined, jobUid } as const;
  await store.recordEnd(term.epoch, [{ ...end, started: true, hasLog: true, exitCode }]);
  for (const pod of pods) context.cluster.pods.put(pod);
  const run = createLogs().begin(context, () => {});
  return {
    ...{ context, pods: context.cluster.pods },
    kept: () => database.kept.get(attemptId) ?? assert.fail(),
    row: () => database.row(taskId),
    answer(outcome: LogOutcome) {
      context.cluster.pods.onLog = () => outcome;
    },
    /** As if it had ended so long ago, and its log were due. */
    endedBefore(agoMs: number) {
      const atMs = database.nowMs() - agoMs;
      Object.assign(database.kept.get(attemptId) ?? {}, { finishedAtMs: atMs, logDueAtMs: atMs });
    },
    async pass() {
      await run.run(term.ended);
      await recorder.drain();
    },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}

describe('the log of an attempt that has ended', () => {
  it('is stored, and then no longer due', async () => {
    await using given = await anEndedAttempt();
    given.answer({ result: 'read', text: 'the end', isCut: true });
    await given.pass();
    await given.pass();
    const { log, isCut, logDueAtMs } = given.kept();
    assert.deepEqual([log, isCut, logDueAtMs], ['the end', true, undefined]);
    assert.deepEqual(given.pods.logsRead, [anEndedPod(3).name]);
  });

  it('is not read again while it is being written', async () => {
    await using given = await anEndedAttempt();
    given.answer({ result: 'read', text: 'the end', isCut: false });
    given.context.database.held.add(attemptId);
    await given.pass();
    assert.equal(given.kept().log, undefined);
    await given.pass();
    assert.deepEqual(given.pods.logsRead, [anEndedPod(3).name]);
  });

  it('is that of the newest pod that ran, of its own Job', async () => {
    const createdAtMs = aPodView().createdAtMs;
    await using given = await anEndedAttempt([
      anEndedPod(3, { name: 'first', uid: '1' }),
      anEndedPod(3, { name: 'second', uid: '2', createdAtMs: createdAtMs + 1 }),
      aPodView({ name: 'never-ran', uid: '3', createdAtMs: createdAtMs + 2 }),
      anEndedPod(3, { name: 'of-another-job', uid: '4', createdAtMs: createdAtMs + 3, jobUid: 'another' }),
    ]);
    await given.pass();
    assert.deepEqual(given.pods.logsRead, ['second']);
  });

  it('brings an exit code that was not known before, to its row too', async () => {
    await using given = await anEndedAttempt();
    await given.pass();
    assert.deepEqual([given.kept().exitCode, given.row().exitCode], [3, 3]);
    await using known = await anEndedAttempt([anEndedPod(3)], 4);
    await known.pass();
    assert.deepEqual([known.kept().exitCode, known.row().exitCode], [4, 4]);
    assert.equal(known.context.database.count('recordDetail'), 0);
  });

  it('that cannot be read is tried again later and later, and given up after ten minutes', async () => {
    await using given = await anEndedAttempt();
    given.answer({ result: 'unknown', detail: 'the node does not answer' });
    for (const [agoMs, shortestMs, longestMs] of [
      [0, 700, 1_300],
      [20_000, 14_000, 26_000],
      [5 * minuteMs, 44_000, 76_000],
    ] as const) {
      given.endedBefore(agoMs);
      await given.pass();
      const restMs = (given.kept().logDueAtMs ?? 0) - given.context.database.nowMs();
      assert.ok(restMs > shortestMs && restMs < longestMs, `${restMs} ms after ${agoMs} ms`);
    }
    assert.equal(given.row().status, 'Failed');

    given.endedBefore(10 * minuteMs);
    await given.pass();

    assert.equal(given.kept().logDueAtMs, undefined);
    assert.match(given.kept().logNote ?? '', /the node does not answer/);
  });

  it('that will never be there is noted at once', async () => {
    for (const [pods, note] of [
      [[], /pods were gone/],
      [[aPodView()], /never started/],
    ] as const) {
      await using given = await anEndedAttempt(pods);
      await given.pass();
      assert.match(given.kept().logNote ?? '', note);
      assert.deepEqual([given.kept().logDueAtMs, given.pods.logsRead], [undefined, []]);
    }
  });

  it('is as long as its pod says, and not asked for where its row wants none', async () => {
    await using given = await anEndedAttempt([anEndedPod(3, { logBytes: 100 })]);
    let asked = 0;
    given.pods.onLog = (_pod, bytes) => {
      asked = bytes;
      return { result: 'read', text: '', isCut: false };
    };
    await given.pass();
    assert.equal(asked, 100);
    await using none = await anEndedAttempt([anEndedPod(3, { logBytes: 0 })]);
    await none.pass();
    assert.deepEqual([none.pods.logsRead, none.kept().logNote, none.kept().logDueAtMs], [[], undefined, undefined]);
  });

  it('that the database refuses is noted instead, and not read again', async () => {
    await using given = await anEndedAttempt();
    given.answer({ result: 'read', text: 'what no column takes', isCut: false });
    const { database } = given.context;
    database.onStatement = (name) =>
      name === 'storeLog' && database.count(name) === 1 ? { kind: 'unexpected' } : undefined;
    await given.pass();
    await given.pass();
    assert.match(given.kept().logNote ?? '', /the database refuses it/);
    assert.deepEqual([given.kept().logDueAtMs, given.pods.logsRead.length], [undefined, 1]);
  });

  it('is not stored by a leader that no longer is one', async () => {
    await using given = await anEndedAttempt();
    given.context.database.leader = { ...given.context.database.leader, epoch: 99 };
    await given.pass();
    assert.ok(given.context.term.ended.aborted);
    assert.equal(given.kept().log, undefined);
  });
});

describe('the log of an attempt whose Job is about to be deleted', () => {
  async function anOpenAttempt() {
    const context = await aTermContext();
    context.database.insert(anOpenRow(anAttempt(), { jobUid, status: 'Running' }));
    const followed = context.attempts.follow(anAttempt(), { jobUid, started: true });
    context.cluster.pods.put(aPodView({ phase: 'Running', running: true }));
    return { context, followed, [Symbol.asyncDispose]: () => context[Symbol.asyncDispose]() };
  }

  it('is stored before, and stays when there is nothing better after its end', async () => {
    await using given = await anOpenAttempt();
    const { context, followed } = given;
    context.cluster.pods.onLog = () => ({ result: 'read', text: 'so far', isCut: false });
    await context.logs.keepBeforeDeletion(followed);
    assert.equal(context.database.kept.get(attemptId)?.log, 'so far');

    const end = { status: 'Cancelled', reason: 'Cancelled', message: undefined, started: true } as const;
    await context.store.recordEnd(context.term.epoch, [{ taskId, attemptId, jobUid, ...end }]);
    assert.deepEqual(
      [context.database.kept.get(attemptId)?.log, context.database.row(taskId).status],
      ['so far', 'Cancelled'],
    );
  });

  it('is not asked for where no container ran', async () => {
    await using given = await anOpenAttempt();
    given.followed.started = false;
    await given.context.logs.keepBeforeDeletion(given.followed);
    assert.deepEqual(given.context.cluster.pods.listed, []);
  });

  it('never keeps the deletion from being made', async () => {
    await using given = await anOpenAttempt();
    given.context.cluster.pods.onLog = () => Promise.reject(new Error('a defect'));
    await given.context.logs.keepBeforeDeletion(given.followed);
    assert.equal(given.context.database.kept.size, 0);
  });
});
