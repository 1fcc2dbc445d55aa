import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anAttempt } from '../../support/builders.ts';
import { skippableTime, turn } from '../../support/mock-time.ts';
import { aDispatch } from './a-dispatch.ts';
import { anOpenRow } from './a-followed-namespace.ts';

describe('dispatch', () => {
  it('turns Normal rows into Jobs, highest priority first, then oldest', async () => {
    await using test = await aDispatch({ createsInFlight: 1 });
    test.insert(3);
    test.insert(3, { priority: 5 }, 4);
    test.insert(1, { priority: -1 }, 7);
    test.insert(1, { status: 'Failed', finishedAtMs: 1 }, 8);
    await test.pass();
    await test.untilLaunched(7);
    assert.deepEqual(test.launched(), ['4', '5', '6', '1', '2', '3', '7']);
    assert.ok([...test.database.rows.values()].filter(({ jobUid }) => jobUid !== undefined).length === 7);
  });

  it('takes a page at a time, and asks for the next at once where there may be one', async () => {
    await using test = await aDispatch();
    test.insert(700);
    await test.pass();
    assert.deepEqual([test.claims()[0]?.length, test.wakes()], [500, 1]);
    await test.untilLaunched(500);
    await test.pass();
    await test.untilLaunched(700);
    assert.deepEqual([test.claims()[1]?.length, test.wakes()], [200, 1]);
    await test.pass();
    assert.deepEqual([test.claims().length, test.wakes()], [2, 1]);
  });

  it('claims no more while two pages wait to be launched', async () => {
    await using test = await aDispatch({ createsInFlight: 2 });
    test.cluster.onLaunch = () => new Promise(() => {});
    test.insert(2_000);
    for (let passes = 0; passes < 6; passes += 1) await test.pass();
    assert.equal(test.claims().length, 2);
    test.context.term.end('over'); // lets go of the create that never ends
    test.cluster.onLaunch = () => undefined;
    Object.assign(test.run, { [Symbol.asyncDispose]: async () => {} });
  });

  it('leaves the wait for its tick to the database while no Job is being made', async () => {
    await using test = await aDispatch();
    assert.equal(test.run.waitsItself, true);
    test.insert(1);
    await test.pass();
    assert.equal(test.run.waitsItself, false);
    await test.untilLaunched(1);
    assert.equal(test.run.waitsItself, true);
    test.cluster.onLaunch = () => new Promise(() => {});
    test.insert(1, {}, 2);
    await test.pass();
    await turn();
    assert.equal(test.run.waitsItself, false);
    test.context.term.end('over'); // lets go of the create that never ends
    Object.assign(test.run, { [Symbol.asyncDispose]: async () => {} });
  });

  it('has the database wait until the next turn of the due rows, also when theirs is now', async (context) => {
    await using test = await aDispatch();
    const { mock } = context.mock.method(test.context.store, 'listNormal');
    const beganAtMs = performance.now();
    await test.run.run(test.context.term.ended, { untilTickMs: 5, intervalMs: 10 });
    const wait = mock.calls[0]?.arguments[2];
    assert.ok(wait);
    const lastLookMs = beganAtMs + wait.firstMs + (wait.looks - 1) * wait.everyMs;
    const turnMs = Math.ceil((beganAtMs + 1) / 250) * 250;
    // A little earlier is in time, and a busy machine may be late by another tick.
    assert.ok(lastLookMs > turnMs - 10, `it looks until ${lastLookMs}, ${turnMs - lastLookMs} ms before their turn`);
  });

  it('goes past the lowest rows when somebody holds all of them', async (context) => {
    skippableTime(context); // none goes by, so none of them is tried again meanwhile
    await using test = await aDispatch();
    test.insert(1_200);
    for (let id = 1; id <= 1_000; id += 1) test.database.held.add(String(id));
    for (let passes = 0; passes < 3; passes += 1) await test.pass();
    await test.untilLaunched(200);
    assert.equal(test.launched()[0], '1001');
  });

  it('claims held rows soon after they are free, and asks for them seldom until then', async (context) => {
    const time = skippableTime(context);
    await using test = await aDispatch();
    test.insert(1);
    test.database.held.add('1');
    for (let passes = 0; passes < 40; passes += 1) {
      await test.pass();
      time.skip(10);
    }
    const tries = test.claims().length;
    assert.ok(tries >= 2 && tries <= 4, `${tries} tries in 400 ms`);
    test.database.held.clear();
    for (let passes = 0; passes < 50 && test.launched().length === 0; passes += 1) {
      await test.pass();
      time.skip(10);
      await turn();
    }
    assert.deepEqual(test.launched(), ['1']);
  });

  it('puts a running row back that its user set to Normal, and launches nothing for it', async () => {
    await using test = await aDispatch();
    const attempt = anAttempt();
    test.database.insert(anOpenRow(attempt, { status: 'Normal', jobUid: 'uid-9' }));
    const running = { status: 'Running', reason: undefined, message: undefined } as const;
    test.context.attempts.follow(attempt, { jobUid: 'uid-9', started: true, state: running });
    test.insert(1, {}, 2);
    await test.pass();
    await test.untilLaunched(1);
    assert.deepEqual([test.database.row('1').status, test.database.row('1').reason], ['Running', 'StatusPutBack']);
    assert.deepEqual(test.claims(), [['2']]);
  });

  it('takes up again what is due, a few times a second, and looks for its Job first', async (context) => {
    const time = skippableTime(context);
    await using test = await aDispatch();
    test.database.insert(anOpenRow(anAttempt(), { nextCheckAtMs: 0 }));
    for (let passes = 0; passes < 10; passes += 1) await test.pass();
    await test.untilLaunched(1);
    assert.equal(test.database.count('listDue'), 1);
    assert.equal(test.cluster.looked.length, 1);
    time.skip(250);
    await test.pass();
    assert.equal(test.database.count('listDue'), 2);
  });

  it('leaves alone what is not due yet', async () => {
    await using test = await aDispatch();
    test.database.insert(anOpenRow(anAttempt(), { nextCheckAtMs: performance.now() + 60_000 }));
    await test.pass();
    assert.deepEqual(test.claims('claimDue'), []);
  });

  it('creates an attempt once though its lease runs out while it is being created', async (context) => {
    const time = skippableTime(context);
    await using test = await aDispatch({ createLeaseMs: 10 });
    const gate = Promise.withResolvers<undefined>();
    test.cluster.onLaunch = () => gate.promise;
    test.insert(1);
    await test.pass();
    time.skip(260);
    await test.pass();
    assert.equal(test.claims('claimDue').length, 1);
    gate.resolve(undefined);
    await test.untilLaunched(1);
    assert.deepEqual(test.launched(), ['1']);
  });

  it('ends the term when the database has a newer epoch', async () => {
    await using test = await aDispatch();
    test.insert(1);
    test.database.leader = { ...test.database.leader, epoch: 99 };
    await test.pass();
    assert.match(String(test.context.term.endReason), /newer epoch/);
    assert.deepEqual(test.launched(), []);
  });

  it('decides on what the row said when the intent was committed', async () => {
    await using test = await aDispatch();
    test.insert(1, { info: 'garbage' });
    test.database.onStatement = (name) => {
      if (name === 'claimNormal') test.database.row('1').info = '{"image":"alpine"}';
      return undefined;
    };
    await test.pass();
    await test.untilLaunched(1);
    assert.notEqual(test.database.row('1').jobUid, undefined);
  });

  it('does nothing once the term may not act', async () => {
    await using test = await aDispatch();
    test.insert(1);
    test.context.term.end('lost');
    await test.pass();
    assert.deepEqual(test.database.statements, []);
  });
});
