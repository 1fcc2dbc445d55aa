import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LaunchOutcome } from '../../../src/executors/executor.ts';
import { buildJob } from '../../../src/task/job-manifest.ts';
import type { JobView } from '../../../src/task/job-view.ts';
import { refusals } from '../../support/api-refusals.ts';
import { aClaimedTask, aCondition, aJobObject, aJobView, anAttempt, aPolicy, aSpec } from '../../support/builders.ts';
import type { ScriptedAnswer } from '../../support/scripted-api-server.ts';
import { anExecutor, byMethod, soon, type TestExecutor } from './an-executor.ts';

const attempt = anAttempt();
const job = buildJob(aClaimedTask(), aSpec(), aPolicy());

function launch({ executor }: TestExecutor): Promise<LaunchOutcome> {
  return executor.launch(attempt, job, soon());
}

const created: ScriptedAnswer = { status: 201, body: aJobObject() };
const exists: ScriptedAnswer = { status: 409, body: refusals.alreadyExists };
const noJob: ScriptedAnswer = { status: 404, body: refusals.noJob };
const isThere = (view: Partial<JobView> = {}): ScriptedAnswer => ({ status: 200, body: aJobObject(aJobView(view)) });
const adopted: LaunchOutcome = { result: 'launched', jobUid: aJobView().uid, adopted: true };

function jobText(metadata: string): string {
  return `{"kind":"Job","apiVersion":"batch/v1","metadata":{${metadata}},"status":{}}`;
}

describe('launching an attempt', { concurrency: true }, () => {
  it('creates its Job strictly, and asks nothing more', async () => {
    await using test = await anExecutor(byMethod({ POST: [created] }));
    assert.deepEqual(await launch(test), { result: 'launched', jobUid: aJobView().uid, adopted: false });
    const [request] = test.server.requests;
    assert.equal(request?.path, '/apis/batch/v1/namespaces/default/jobs?fieldValidation=Strict');
    assert.deepEqual(JSON.parse(request.body), JSON.parse(JSON.stringify(job)));
    assert.equal(test.server.requests.length, 1);
  });

  const uid = 'd3b07384-d9a0-4c9b-8f1e-000000000001';
  const answers: readonly (readonly [how: string, body: string])[] = [
    [
      'as the API server writes it',
      jobText(`"name":"a","namespace":"default","uid":"${uid}","labels":{"uid":"another"}`),
    ],
    ['with its fields in another order', jobText(`"labels":{"uid":"another"},"uid":"${uid}","namespace":"default"`)],
    ['with a uid that is written in escapes', jobText(`"name":"a","namespace":"b","uid":"\\u0064${uid.slice(1)}"`)],
    ['with a quotation mark in its name', jobText(`"name":"\\",\\"uid\\":\\"another","namespace":"b","uid":"${uid}"`)],
  ];
  for (const [how, body] of answers) {
    it(`reads the uid of the Job ${how}`, async () => {
      await using test = await anExecutor(byMethod({ POST: [{ status: 201, body }] }));
      assert.deepEqual(await launch(test), { result: 'launched', jobUid: uid, adopted: false });
    });
  }

  const found: readonly (readonly [what: string, post: ScriptedAnswer, get: ScriptedAnswer])[] = [
    ['the name exists', exists, isThere()],
    ['the name exists and the Job has ended', exists, isThere({ conditions: [aCondition()] })],
    ['the server failed after it had stored the Job', { status: 500, body: refusals.webhookBroken }, isThere()],
    ['the server timed out after it had stored the Job', { status: 504, body: refusals.timeout }, isThere()],
    ['the connection broke after the Job was stored', 'reset', isThere()],
    ['a proxy lost the answer', { status: 502, body: '<html>' }, isThere()],
    ['the answer says created and lacks a uid', { status: 201, body: '{}' }, isThere()],
    ['the answer says created and is no JSON', { status: 201, body: '{"metadata' }, isThere()],
    ['the quota is used up, by this very Job', { status: 403, body: refusals.quotaExceeded }, isThere()],
  ];
  for (const [what, post, get] of found) {
    it(`adopts the Job of the attempt when ${what}`, async () => {
      await using test = await anExecutor(byMethod({ POST: [post], GET: [get] }));
      assert.deepEqual(await launch(test), adopted);
      assert.deepEqual([test.count('POST'), test.count('GET')], [1, 1]);
    });
  }

  const { labels } = aJobView();
  const another = { ...labels, attemptId: 'another', taskId: '9' };
  const conflicts: readonly (readonly [what: string, view: Partial<JobView>, expected: string])[] = [
    ['rejects a name that a foreign Job has', { labels: { ...labels, installation: 'other' } }, 'reject NameConflict'],
    ['waits while the Job of another attempt runs', { labels: another }, 'wait NameConflict'],
    ['waits while its own Job is being deleted', { deleting: true }, 'wait NameConflict'],
    [
      'waits while the Job of another attempt is being deleted',
      { labels: another, deleting: true },
      'wait NameConflict',
    ],
    [
      'asks for room when the Job of another attempt has ended',
      { labels: another, conditions: [aCondition()] },
      'occupied',
    ],
  ];
  for (const [what, view, expected] of conflicts) {
    it(what, async () => {
      await using test = await anExecutor(byMethod({ POST: [exists], GET: [isThere(view)] }));
      const outcome = await launch(test);
      assert.equal('reason' in outcome ? `${outcome.result} ${outcome.reason}` : outcome.result, expected);
      if (outcome.result === 'occupied') assert.equal(outcome.by.uid, aJobView().uid);
    });
  }

  const waits: readonly (readonly [what: string, post: ScriptedAnswer, expected: string, gets: number])[] = [
    ['the name was taken and is free again', exists, 'NameConflict attempt', 1],
    [
      'the server failed and there is no Job',
      { status: 500, body: refusals.webhookBroken },
      'ApiUnavailable attempt',
      1,
    ],
    ['the connection broke and there is no Job', 'reset', 'ApiUnavailable server', 1],
    ['the server timed out and there is no Job', { status: 504, body: refusals.timeout }, 'ApiUnavailable server', 1],
    ['the server has no etcd leader', { status: 503, body: refusals.etcdLeader }, 'ApiUnavailable server', 1],
    ['a proxy reaches no server', { status: 502, body: '<html>' }, 'ApiUnavailable server', 1],
    ['the quota is used up', { status: 403, body: refusals.quotaExceeded }, 'QuotaExceeded attempt', 1],
    ['a policy says no', { status: 422, body: refusals.policyDenied }, 'AdmissionDenied attempt', 0],
    [
      'the namespace is going away',
      { status: 403, body: refusals.namespaceTerminating },
      'NamespaceTerminating namespace',
      0,
    ],
    ['the namespace is missing', { status: 404, body: refusals.noNamespace }, 'NamespaceMissing namespace', 0],
    ['the right is missing', { status: 403, body: refusals.noRole }, 'Forbidden namespace', 0],
    ['nobody knows the token', { status: 401, body: refusals.unauthorized }, 'Forbidden namespace', 0],
  ];
  for (const [what, post, expected, gets] of waits) {
    it(`waits when ${what}`, async () => {
      await using test = await anExecutor(byMethod({ POST: [post], GET: [noJob] }));
      const outcome = await launch(test);
      assert.ok(outcome.result === 'wait', JSON.stringify(outcome));
      assert.equal(`${outcome.reason} ${outcome.scope}`, expected);
      assert.ok(outcome.shortestMs >= 1_000 && outcome.longestMs >= outcome.shortestMs);
      assert.equal(test.count('GET'), gets);
    });
  }

  it('does not call a quota that was changed meanwhile a conflict of names', async () => {
    await using test = await anExecutor(byMethod({ POST: [{ status: 409, body: refusals.quotaRace }], GET: [noJob] }));
    const outcome = await launch(test);
    assert.equal(outcome.result === 'wait' && outcome.reason, 'ApiUnavailable');
  });

  for (const body of [refusals.invalid, refusals.strictDecoding]) {
    it(`rejects what the server calls ${'reason' in body ? body.reason : ''}, with its sentence`, async () => {
      await using test = await anExecutor(
        byMethod({ POST: [{ status: 'code' in body ? Number(body.code) : 0, body }] }),
      );
      const message = 'message' in body ? body.message : '';
      assert.deepEqual(await launch(test), { result: 'reject', reason: 'InvalidSpec', message });
    });
  }

  for (const [header, pauseMs] of [
    ['7', 7_000],
    [undefined, 1_000],
    ['3600', 30_000],
    ['0', 1_000],
    ['soon', 1_000],
  ] as const) {
    it(`is throttled for ${pauseMs} ms when Retry-After is ${header}`, async () => {
      const headers = header === undefined ? {} : { 'retry-after': header };
      await using test = await anExecutor(byMethod({ POST: [{ status: 429, body: refusals.tooMany, headers }] }));
      assert.deepEqual(await launch(test), { result: 'throttled', pauseMs });
      assert.equal(test.count('GET'), 0);
    });
  }

  for (const get of [{ status: 500, body: refusals.etcdLeader }, 'reset', { status: 200, body: '<html>' }] as const) {
    it(`waits when it is not known either whether there is a Job (${JSON.stringify(get).slice(0, 30)})`, async () => {
      await using test = await anExecutor(byMethod({ POST: ['reset'], GET: [get] }));
      const outcome = await launch(test);
      assert.equal(outcome.result === 'wait' && outcome.reason, 'ApiUnavailable');
    });
  }

  it('is cut short by the signal, with its reason', async () => {
    const stop = new AbortController();
    const script = () => {
      stop.abort(new Error('the term has ended'));
      return { stream: () => {} };
    };
    await using test = await anExecutor(script);
    await assert.rejects(test.executor.launch(attempt, job, stop.signal), /the term has ended/);
    assert.equal(test.count('GET'), 0);
  });

  it('sends nothing once the signal has aborted', async () => {
    await using test = await anExecutor(byMethod({ POST: [created] }));
    await assert.rejects(test.executor.launch(attempt, job, AbortSignal.abort()));
    assert.equal(test.server.requests.length, 0);
  });
});
