import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Prerequisite, type PrerequisiteResult, Readiness } from '../../src/readiness.ts';
import { eventually } from '../support/eventually.ts';
import { aMemoryLog } from '../support/memory-log.ts';
import { mockTime, turn } from '../support/mock-time.ts';

/** A prerequisite that answers what it is told to. */
function aPrerequisite(name: string, result: PrerequisiteResult = { ok: true }) {
  const state = { result, probes: 0, answer: undefined as (() => Promise<PrerequisiteResult>) | undefined };
  const prerequisite: Prerequisite = {
    name,
    probe: async () => {
      state.probes += 1;
      return await (state.answer?.() ?? state.result);
    },
  };
  return { state, prerequisite };
}

function watched(...prerequisites: readonly Prerequisite[]) {
  const memoryLog = aMemoryLog();
  const readiness = new Readiness(prerequisites, memoryLog.log);
  const stop = new AbortController();
  const watching = readiness.watch(stop.signal);
  return {
    ...{ readiness, memoryLog, stop, watching },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await watching;
    },
  };
}

const away: PrerequisiteResult = { ok: false, detail: 'no answer' };

describe('readiness', () => {
  it('is missing until everything has answered', () => {
    const readiness = new Readiness([aPrerequisite('database').prerequisite], aMemoryLog().log);
    assert.match(readiness.obstacle() ?? '', /^database: /);
    assert.deepEqual([readiness.checks().map(({ check }) => check().ok), readiness.troubleMs()], [[false], 0]);
  });

  it('is there when everything is in order', async () => {
    await using test = watched(aPrerequisite('database').prerequisite, aPrerequisite('kubernetes').prerequisite);
    await eventually(() => test.readiness.obstacle() === undefined, 'it is ready');
    assert.deepEqual(
      test.readiness.checks().map(({ name }) => name),
      ['database', 'kubernetes'],
    );
    assert.equal(test.readiness.troubleMs(), 0);
  });

  it('says all that stands in its way', async () => {
    const database = aPrerequisite('database', { ok: false, detail: 'SchemaBehind' });
    const kubernetes = aPrerequisite('kubernetes', away);
    await using test = watched(database.prerequisite, kubernetes.prerequisite);
    await eventually(() => database.state.probes + kubernetes.state.probes === 2, 'both were asked');
    await new Promise(setImmediate);
    assert.equal(test.readiness.obstacle(), 'database: SchemaBehind; kubernetes: no answer');
  });

  it('has answered when each was asked once, whatever it said', async () => {
    const database = aPrerequisite('database', away);
    const kubernetes = aPrerequisite('kubernetes');
    const gate = Promise.withResolvers<PrerequisiteResult>();
    kubernetes.state.answer = () => gate.promise;
    await using test = watched(database.prerequisite, kubernetes.prerequisite);
    let isAnswered = false;
    const answered = test.readiness.answered(test.stop.signal).then(() => {
      isAnswered = true;
    });
    await eventually(() => test.readiness.obstacle()?.includes('database: no answer') === true, 'one has answered');
    assert.equal(isAnswered, false);
    gate.resolve({ ok: true });
    await answered;
    assert.equal(test.readiness.obstacle(), 'database: no answer');
  });

  it('keeps nobody waiting for its answers after a stop', async () => {
    const database = aPrerequisite('database');
    database.state.answer = () => new Promise(() => {});
    await using test = watched(database.prerequisite);
    const answered = test.readiness.answered(test.stop.signal);
    test.stop.abort();
    await answered;
    assert.match(test.readiness.obstacle() ?? '', /has not answered yet/);
  });

  it('takes what is thrown for a no', async () => {
    const database = aPrerequisite('database');
    database.state.answer = () => Promise.reject(new Error('connect ECONNREFUSED'));
    await using test = watched(database.prerequisite);
    await eventually(() => test.readiness.obstacle() === 'database: connect ECONNREFUSED', 'it is told');
  });

  it('does not let one that hangs hide another', async () => {
    const hanging = aPrerequisite('kubernetes');
    const gate = Promise.withResolvers<PrerequisiteResult>();
    hanging.state.answer = () => gate.promise;
    await using test = watched(hanging.prerequisite, aPrerequisite('database').prerequisite);
    await eventually(() => test.readiness.checks()[1]?.check().ok === true, 'the other one answered');
    assert.match(test.readiness.obstacle() ?? '', /^kubernetes: /);
    gate.resolve({ ok: true });
  });

  it('asks again: seldom while all is well, often while it is not', async (context) => {
    const time = mockTime(context);
    const database = aPrerequisite('database');
    await using test = watched(database.prerequisite);
    await turn();
    await time.advance(3_950);
    assert.equal(database.state.probes, 1);
    await time.advance(50);
    assert.equal(database.state.probes, 2);
    database.state.result = away;
    await time.advance(4_000);
    assert.equal(database.state.probes, 3);
    await time.advance(1_500);
    assert.equal(database.state.probes, 6);
    assert.ok(test.readiness.obstacle());
  });

  it('counts for how long something has been out of order', async () => {
    const database = aPrerequisite('database', away);
    await using test = watched(database.prerequisite);
    await eventually(() => test.readiness.troubleMs() > 20, 'trouble');
    assert.ok(test.readiness.troubleMs() < 5_000);
  });

  it('counts from when it was in order last', async (context) => {
    const time = mockTime(context);
    const database = aPrerequisite('database');
    await using test = watched(database.prerequisite);
    await time.advance(50);
    database.state.result = away;
    const beforeMs = performance.now();
    await time.advance(4_000);
    assert.ok(test.readiness.troubleMs() >= performance.now() - beforeMs - 1);
    database.state.result = { ok: true };
    await time.advance(500);
    assert.equal(test.readiness.troubleMs(), 0);
  });

  it('is trouble without end where leading is forbidden', async () => {
    const database = aPrerequisite('database', { ok: false, detail: 'SchemaAhead', forbidsLeading: true });
    await using test = watched(database.prerequisite);
    await eventually(() => test.readiness.troubleMs() === Number.POSITIVE_INFINITY, 'it is forbidden');
  });

  it('is told when it changes, not at every question', async (context) => {
    const time = mockTime(context);
    const database = aPrerequisite('database', away);
    await using test = watched(database.prerequisite);
    await time.advance(3_000);
    assert.equal(test.memoryLog.with('not ready').length, 1);
    database.state.result = { ok: false, detail: 'access denied' };
    await time.advance(500);
    assert.equal(test.memoryLog.with('not ready').length, 2);
    database.state.result = { ok: true };
    await time.advance(3_500);
    assert.equal(test.memoryLog.with('ready again').length, 1);
    assert.equal(test.memoryLog.lines.length, 3);
  });

  it('is asked for no more once it is stopped, not even by a question that was under way', async () => {
    const database = aPrerequisite('database');
    const gate = Promise.withResolvers<PrerequisiteResult>();
    database.state.answer = () => gate.promise;
    const test = watched(database.prerequisite);
    test.stop.abort();
    gate.resolve({ ok: true });
    await test.watching;
    assert.equal(database.state.probes, 1);
    assert.ok(test.readiness.obstacle());
  });
});
