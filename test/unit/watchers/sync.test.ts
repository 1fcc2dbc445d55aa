import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { ObservationState } from '../../../src/watchers/sync/observation-state.ts';
import { createSync } from '../../../src/watchers/sync/sync.ts';
import { aCondition, aJobView, anAttempt } from '../../support/builders.ts';
import { eventually } from '../../support/eventually.ts';
import { aTermContext, type ContextOptions } from '../../support/term-context.ts';
import { anOpenRow } from './a-followed-namespace.ts';

const attempt = anAttempt();
const { uid } = aJobView();

/** The sync watcher in a term of its own; its passes are the test's. */
async function aSync({
  namespaces = ['default', 'demo'],
  ...options
}: ContextOptions & { readonly namespaces?: readonly string[] } = {}) {
  const context = await aTermContext(options);
  const { term, database, cluster, recorder } = context;
  const state = new ObservationState();
  /** Begins it; its disposal drains the term first, without which it never ends. */
  const begin = () => {
    const run = createSync({ namespaces, orphans: 'keep', acceptsDeletedJobs: false, state }).begin(context, () => {});
    return {
      pass: () => run.run(term.ended),
      async [Symbol.asyncDispose]() {
        term.drain();
        await run[Symbol.asyncDispose]();
      },
    };
  };
  return {
    ...{ context, database, cluster, state, begin },
    row: () => database.row(attempt.taskId),
    async [Symbol.asyncDispose]() {
      term.end('the test is over');
      await recorder.drain();
    },
  };
}

describe('sync', () => {
  it('reads the rows before it looks at Jobs, so that none is taken for a stranger', async () => {
    await using test = await aSync();
    test.database.insert(anOpenRow(attempt, { jobUid: uid }));
    test.cluster.put(aJobView({ succeeded: 1, conditions: [aCondition()] }));
    await using run = test.begin();
    assert.equal(test.cluster.observers.size, 0);
    await eventually(() => test.row().status === 'Succeeded', 'the end that came before the term');
    await run.pass();
    assert.equal(test.cluster.removed.length, 0);
  });

  it('observes every namespace, until the term drains', async () => {
    await using test = await aSync();
    const run = test.begin();
    await eventually(() => test.cluster.observers.size === 2, 'both are observed');
    test.context.term.drain();
    await run[Symbol.asyncDispose]();
    assert.equal(test.cluster.observers.size, 0);
    assert.equal(getEventListeners(test.context.term.ended, 'abort').length, 0);
  });

  it('brings what events tell into the rows', async () => {
    await using test = await aSync();
    test.database.insert(anOpenRow(attempt));
    await using _run = test.begin();
    await eventually(() => test.cluster.observers.size === 2, 'it observes');
    test.cluster.put(aJobView({ active: 1, ready: 1 }));
    await eventually(() => test.row().status === 'Running', 'it runs');
    assert.equal(test.row().jobUid, uid);
    test.cluster.put(aJobView({ succeeded: 1, conditions: [aCondition()] }));
    await eventually(() => test.row().status === 'Succeeded', 'it has ended');
  });

  it('fails a row whose Job was deleted by hand, once, and creates nothing', async () => {
    await using test = await aSync();
    test.database.insert(anOpenRow(attempt, { jobUid: uid }));
    const job = test.cluster.put(aJobView({ ready: 1 }));
    await using run = test.begin();
    await eventually(() => test.row().status === 'Running', 'it runs');
    test.cluster.delete(job);
    for (let passes = 0; passes < 3; passes += 1) await run.pass();
    await test.context.recorder.drain();
    assert.deepEqual([test.row().status, test.row().reason], ['Failed', 'JobDeleted']);
    assert.equal(test.database.count('recordEnd'), 1);
    assert.equal(test.cluster.launched.length, 0);
  });

  it('adopts the Job of a row that another writer opened behind its back', async () => {
    await using test = await aSync();
    await using run = test.begin();
    await eventually(() => test.cluster.observers.size === 2, 'it observes');
    test.database.insert(anOpenRow(attempt));
    test.cluster.put(aJobView({ ready: 1 }));
    await run.pass();
    await eventually(() => test.row().jobUid === uid && test.row().status === 'Running', 'it is adopted');
  });

  it('removes a leftover and keeps the recorded Job', async () => {
    await using test = await aSync();
    test.database.insert(anOpenRow(attempt, { jobUid: uid }));
    await using run = test.begin();
    await eventually(() => test.cluster.observers.size === 2, 'it observes');
    test.cluster.put(aJobView({ uid: 'leftover' }));
    await run.pass();
    assert.deepEqual(
      test.cluster.removed.map((removed) => removed.uid),
      ['leftover'],
    );
  });

  it('tells what it found', async () => {
    await using test = await aSync();
    await using run = test.begin();
    await eventually(() => test.cluster.observers.size === 2, 'it observes');
    test.cluster.put(aJobView());
    test.cluster.observers.get('demo')?.trouble('forbidden');
    test.cluster.observers.get('default')?.trouble(undefined);
    await run.pass();
    assert.equal(
      test.state.report().detail,
      '1 namespaces are followed; 1 jobs run that no row carries; demo: forbidden',
    );
  });

  it('gives the lead up when Jobs cannot be followed at all', async () => {
    await using test = await aSync();
    Object.assign(test.context.executor, { observe: () => Promise.reject(new RangeError('a defect')) });
    const run = test.begin();
    await eventually(() => test.context.term.ended.aborted, 'the term ends');
    assert.equal(test.context.term.wasGivenUp, true);
    await run[Symbol.asyncDispose]();
  });

  it('ends though the term is drained before the rows were read', async () => {
    await using test = await aSync();
    const gate = Promise.withResolvers<undefined>();
    test.database.onStatement = () => gate.promise;
    const run = test.begin();
    test.context.term.drain();
    gate.resolve(undefined);
    await run[Symbol.asyncDispose]();
    assert.equal(test.cluster.observers.size, 0);
    assert.equal(test.context.term.ended.aborted, false);
  });
});
