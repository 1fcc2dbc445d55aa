import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TaskStore } from '../../../src/store/task-store.ts';
import { createResync } from '../../../src/watchers/resync/resync.ts';
import { loadOpenAttempts } from '../../../src/watchers/sync/load-open-attempts.ts';
import { ObservationState } from '../../../src/watchers/sync/observation-state.ts';
import { anAttempt } from '../../support/builders.ts';
import { aTermContext } from '../../support/term-context.ts';
import { anOpenRow } from './a-followed-namespace.ts';

const attempt = anAttempt();
const running = { status: 'Running', reason: undefined, message: undefined } as const;

/** `afterPage` runs when a page of rows was read and has not been looked at yet. */
async function aResync(afterPage: () => void = () => {}) {
  const context = await aTermContext();
  const options = { namespaces: ['default'], lostNamespaces: [], state: new ObservationState() };
  const store: TaskStore = {
    ...context.store,
    async listOpen(limit, after) {
      const page = await context.store.listOpen(limit, after);
      afterPage();
      return page;
    },
  };
  const run = createResync(options).begin({ ...context, store }, () => {});
  return {
    context,
    async pass() {
      await run.run(context.term.ended);
      await context.recorder.drain();
    },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}

describe('resync', () => {
  for (const status of ['Normal', 'Failed', 'Succeeded', 'Pending', 'Runing', 'Unknown', '']) {
    it(`puts back what a user wrote over a running attempt (${JSON.stringify(status)}), and says why`, async () => {
      await using test = await aResync();
      test.context.database.insert(anOpenRow(attempt, { status, jobUid: 'uid-1' }));
      test.context.attempts.follow(attempt, { jobUid: 'uid-1', started: true, state: running });
      await test.pass();
      const row = test.context.database.row('1');
      assert.deepEqual([row.status, row.reason, row.finishedAtMs], ['Running', 'StatusPutBack', undefined]);
      assert.match(row.message ?? '', new RegExp(`status was set to '${status}' while the attempt is Running`));
    });
  }

  it('writes nothing when all rows say what is known of them', async () => {
    await using test = await aResync();
    test.context.database.insert(anOpenRow(attempt, { status: 'Running', jobUid: 'uid-1' }));
    test.context.attempts.follow(attempt, { jobUid: 'uid-1', state: running });
    await test.pass();
    await test.pass();
    assert.deepEqual([...new Set(test.context.database.statements.map(({ name }) => name))], ['listOpen']);
  });

  it('waits until what former terms left open is loaded: it would read it row by row', async () => {
    await using test = await aResync();
    test.context.database.insert(anOpenRow(attempt, { status: 'Running', jobUid: 'uid-1' }));
    const gate = Promise.withResolvers<undefined>();
    const { statements } = test.context.database;
    test.context.database.onStatement = () => (statements.length === 1 ? gate.promise : undefined);
    const loading = loadOpenAttempts(test.context);
    await test.pass();
    assert.equal(statements.length, 1);
    gate.resolve(undefined);
    await loading;
    await test.pass();
    assert.deepEqual(
      statements.map(({ name }) => name),
      ['listOpen', 'listOpen'],
    );
  });

  it('takes up an open attempt that is not followed, as its row says it is', async () => {
    await using test = await aResync();
    test.context.database.insert(anOpenRow(attempt, { status: 'Running', jobUid: 'uid-1', startedAtMs: 5 }));
    for (let passes = 0; passes < 3; passes += 1) await test.pass();
    const followed = test.context.attempts.get(attempt.attemptId);
    assert.deepEqual([followed?.jobUid, followed?.started, followed?.state.status], ['uid-1', true, 'Running']);
    assert.equal(test.context.database.row('1').status, 'Running');
    assert.equal(test.context.database.count('recordProgress'), 0);
  });

  it('leaves a row alone about which something is still to be written', async () => {
    await using test = await aResync();
    test.context.database.insert(anOpenRow(attempt, { status: 'Normal' }));
    test.context.attempts.follow(attempt, { jobUid: 'uid-1', state: running });
    test.context.database.held.add('1');
    const { taskId, attemptId } = attempt;
    test.context.recorder.created.add({ taskId, attemptId, jobUid: 'uid-1' });
    await test.context.recorder.drain();
    test.context.database.statements.length = 0;
    await test.pass();
    assert.equal(test.context.database.count('recordProgress'), 0);
  });

  it('does not put back what was decided while the rows were read', async () => {
    await using test = await aResync();
    const { database, attempts } = test.context;
    database.insert(anOpenRow(attempt, { status: 'Pending', jobUid: 'uid-1' }));
    database.onStatement = (name) => {
      if (name === 'listOpen') attempts.follow(attempt, { jobUid: 'uid-1', state: running });
      return undefined;
    };
    await test.pass();
    assert.equal(database.count('recordProgress'), 0);
  });

  it('lets go of an attempt whose row is gone, in the second pass that misses it', async () => {
    await using test = await aResync();
    const followed = test.context.attempts.follow(attempt, { jobUid: 'uid-1' });
    await test.pass();
    assert.equal(test.context.attempts.size, 1);
    await test.pass();
    assert.equal(test.context.attempts.size, 0);
    assert.deepEqual(test.context.attempts.takeAbandoned(), [followed]);
    assert.equal(test.context.database.count('recordEnd'), 0);
  });

  it('keeps an attempt that two passes missed and a look at its row finds', async () => {
    await using test = await aResync();
    const { database, attempts } = test.context;
    attempts.follow(attempt, { jobUid: 'uid-1' });
    await test.pass();
    database.onStatement = (name) => {
      if (name === 'readOpen') database.insert(anOpenRow(attempt, { jobUid: 'uid-1' }));
      return undefined;
    };
    await test.pass();
    assert.equal(attempts.size, 1);
  });

  it('does not let go of an attempt that was claimed during the pass', async () => {
    await using test = await aResync();
    const { database, attempts } = test.context;
    database.onStatement = () => {
      attempts.follow(attempt);
      return undefined;
    };
    await test.pass();
    await test.pass();
    assert.equal(attempts.size, 1);
    assert.equal(database.count('readOpen'), 0);
  });

  it('reads all pages', async () => {
    await using test = await aResync();
    for (let id = 1; id <= 1_001; id += 1) {
      const each = anAttempt({ taskId: String(id), attemptId: `a-${String(id).padStart(5, '0')}` });
      test.context.database.insert(anOpenRow(each));
    }
    await test.pass();
    assert.equal(test.context.attempts.size, 1_001);
    assert.equal(test.context.database.count('listOpen'), 3);
  });

  it('does not call an attempt rowless that ended after its row was read', async () => {
    await using test = await aResync(() => {
      const followed = test.context.attempts.get(attempt.attemptId);
      if (!followed || row.finishedAtMs !== undefined) return;
      test.context.attempts.forget(followed);
      Object.assign(row, { status: 'Succeeded', finishedAtMs: 1 });
    });
    const row = test.context.database.insert(anOpenRow(attempt, { status: 'Running', jobUid: 'uid-1' }));
    test.context.attempts.follow(attempt, { jobUid: 'uid-1', state: running });
    for (let passes = 0; passes < 4; passes += 1) await test.pass();
    const warnings = test.context.memoryLog.with('the row of an open attempt is gone, its job is kept');
    assert.equal(warnings.length, 0);
  });

  it('stops between two pages when the term ends', async () => {
    await using test = await aResync();
    test.context.term.end('lost');
    await test.pass();
    assert.equal(test.context.database.statements.length, 0);
  });
});
