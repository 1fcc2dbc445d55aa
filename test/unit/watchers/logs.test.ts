import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLogs } from '../../../src/watchers/logs/logs.ts';
import { aJobView, anAttempt, anEndedPod } from '../../support/builders.ts';
import { aTermContext } from '../../support/term-context.ts';
import { anOpenRow } from './a-followed-namespace.ts';

const { uid: jobUid } = aJobView();
const attempts = [
  { taskId: '1', attemptId: 'a1', namespace: 'left' },
  { taskId: '2', attemptId: 'a2', namespace: 'left' },
  { taskId: '3', attemptId: 'a3', namespace: 'right' },
].map((key) => anAttempt(key));

/** Attempts of two namespaces that have ended, each with a pod, whose logs are due. */
async function endedAttempts() {
  const context = await aTermContext();
  const { database, store, term, recorder, cluster } = context;
  const end = {
    status: 'Failed',
    reason: 'ExitCode',
    message: undefined,
    jobUid,
    started: true,
    hasLog: true,
  } as const;
  for (const attempt of attempts) {
    const { taskId, attemptId, namespace } = attempt;
    database.insert(anOpenRow(attempt, { jobUid }));
    await store.recordEnd(term.epoch, [{ ...end, taskId, attemptId, exitCode: 3 }]);
    cluster.pods.put(anEndedPod(3, { name: attemptId, uid: attemptId, attemptId, namespace }));
  }
  cluster.pods.onLog = ({ name }) => ({ result: 'read', text: `of ${name}`, isCut: false });
  const run = createLogs().begin(context, () => {});
  return {
    pods: cluster.pods,
    memoryLog: context.memoryLog,
    logs: () => attempts.map(({ attemptId }) => database.kept.get(attemptId)?.log),
    async pass() {
      await run.run(term.ended);
      await recorder.drain();
    },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}

describe('the logs of attempts that have ended', () => {
  it('are found with one question for each namespace, and each is its own', async () => {
    await using given = await endedAttempts();
    await given.pass();
    assert.deepEqual(new Set(given.pods.listed), new Set(['a1,a2', 'a3']));
    assert.deepEqual(given.logs(), ['of a1', 'of a2', 'of a3']);
  });

  it('are looked for one by one where they cannot be found together', async () => {
    await using given = await endedAttempts();
    given.pods.onList = (asked) => (asked.includes('a2') ? { result: 'unknown', detail: 'a2 is no label' } : undefined);
    await given.pass();
    assert.deepEqual(new Set(given.pods.listed), new Set(['a1,a2', 'a1', 'a2', 'a3']));
    assert.deepEqual(given.logs(), ['of a1', undefined, 'of a3']);
  });

  it('are stored although one of them fails in a way that nobody foresaw', async () => {
    await using given = await endedAttempts();
    given.pods.onLog = ({ name }) => {
      if (name === 'a1') throw new Error('a defect');
      return { result: 'read', text: `of ${name}`, isCut: false };
    };
    await given.pass();
    assert.deepEqual(given.logs(), [undefined, 'of a2', 'of a3']);
    assert.equal(given.memoryLog.with('a log could not be stored').length, 1);
  });
});
