import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusals } from '../../support/api-refusals.ts';
import { aCondition, aJobObject, aJobView, anAttempt } from '../../support/builders.ts';
import type { ScriptedAnswer } from '../../support/scripted-api-server.ts';
import { anExecutor, byMethod, soon } from './an-executor.ts';

const job = aJobView();

describe('finding a Job by name', { concurrency: true }, () => {
  it('asks for the current state, and reads what it gets', async () => {
    await using test = await anExecutor(byMethod({ GET: [{ status: 200, body: aJobObject() }] }));
    const found = await test.executor.find('default', 'demo-task-1', soon());
    assert.ok(found.result === 'found');
    assert.deepEqual(found.job, job);
    assert.ok(Math.abs((found.atMs ?? 0) - Date.now()) < 60_000);
    assert.equal(test.server.requests[0]?.path, '/apis/batch/v1/namespaces/default/jobs/demo-task-1');
  });

  const table: readonly (readonly [what: string, answer: ScriptedAnswer, expected: string])[] = [
    ['there is none', { status: 404, body: refusals.noJob }, 'missing'],
    ['there is no namespace', { status: 404, body: refusals.noNamespace }, 'missing'],
    ['nobody may look', { status: 403, body: refusals.noRole }, 'unknown Forbidden'],
    ['the server fails', { status: 500, body: refusals.etcdLeader }, 'unknown ApiUnavailable'],
    ['the server is busy', { status: 429, body: refusals.tooMany }, 'unknown ApiUnavailable'],
    ['there is no answer', 'reset', 'unknown ApiUnavailable'],
    ['the answer is no Job', { status: 200, body: '{}' }, 'unknown ApiUnavailable'],
  ];
  for (const [what, answer, expected] of table) {
    it(`is ${expected} when ${what}`, async () => {
      await using test = await anExecutor(byMethod({ GET: [answer] }));
      const found = await test.executor.find('default', 'demo-task-1', soon());
      assert.equal(found.result === 'unknown' ? `unknown ${found.reason}` : found.result, expected);
    });
  }

  it("is not missing because a proxy answers 404 in the server's place", async () => {
    await using test = await anExecutor(byMethod({ GET: [{ status: 404, body: '404 page not found\n' }] }));
    assert.equal((await test.executor.find('default', 'demo-task-1', soon())).result, 'unknown');
  });

  it('asks for the very name, whatever is in it', async () => {
    await using test = await anExecutor(byMethod({ GET: [{ status: 404, body: refusals.noJob }] }));
    assert.equal((await test.executor.find('default', 'a b?watch=1', soon())).result, 'missing');
    assert.equal(test.server.requests[0]?.path, '/apis/batch/v1/namespaces/default/jobs/a%20b%3Fwatch%3D1');
  });
});

describe('looking for the Job of an attempt before creating one', { concurrency: true }, () => {
  it('adopts it when it is there, and creates nothing', async () => {
    await using test = await anExecutor(byMethod({ GET: [{ status: 200, body: aJobObject() }] }));
    assert.deepEqual(await test.executor.look(anAttempt(), soon()), {
      result: 'launched',
      jobUid: job.uid,
      adopted: true,
    });
    assert.equal(test.count('POST'), 0);
  });

  it('says that it is absent', async () => {
    await using test = await anExecutor(byMethod({ GET: [{ status: 404, body: refusals.noJob }] }));
    assert.deepEqual(await test.executor.look(anAttempt(), soon()), { result: 'absent' });
  });

  it('is throttled as a create is', async () => {
    const busy = { status: 429, body: refusals.tooMany, headers: { 'retry-after': '7' } };
    await using test = await anExecutor(byMethod({ GET: [busy] }));
    assert.deepEqual(await test.executor.look(anAttempt(), soon()), { result: 'throttled', pauseMs: 7_000 });
  });
});

describe('removing a Job', { concurrency: true }, () => {
  it('names the very object by uid and version, and leaves its pods to the collector', async () => {
    await using test = await anExecutor(byMethod({ DELETE: [{ status: 200, body: {} }] }));
    assert.deepEqual(await test.executor.remove(job, soon()), { result: 'removed' });
    const [request] = test.server.requests;
    assert.equal(request?.path, '/apis/batch/v1/namespaces/default/jobs/demo-task-1');
    assert.deepEqual(JSON.parse(request.body), {
      propagationPolicy: 'Background',
      preconditions: { uid: job.uid, resourceVersion: job.resourceVersion },
    });
  });

  it('waits for its pods where that is asked for', async () => {
    await using test = await anExecutor(byMethod({ DELETE: [{ status: 200, body: {} }] }));
    await test.executor.remove(job, soon(), 'Foreground');
    assert.equal(JSON.parse(test.server.requests[0]?.body ?? '').propagationPolicy, 'Foreground');
  });

  const table: readonly (readonly [what: string, answer: ScriptedAnswer, expected: string])[] = [
    ['it is gone already', { status: 404, body: refusals.noJob }, 'removed'],
    ['it is another one, or was changed', { status: 409, body: refusals.staleUid }, 'changed'],
    ['nobody may', { status: 403, body: refusals.noRole }, 'unknown'],
    ['the server fails', { status: 500, body: refusals.etcdLeader }, 'unknown'],
    ['there is no answer', 'reset', 'unknown'],
  ];
  for (const [what, answer, expected] of table) {
    it(`is ${expected} when ${what}`, async () => {
      await using test = await anExecutor(byMethod({ DELETE: [answer] }));
      assert.equal((await test.executor.remove(job, soon())).result, expected);
    });
  }
});

describe('suspending a Job', { concurrency: true }, () => {
  for (const [isSuspended, mark] of [
    [true, 'true'],
    [false, null],
  ] as const) {
    it(`says so on the very object, as it was read, and changes nothing else (${isSuspended})`, async () => {
      await using test = await anExecutor(byMethod({ PATCH: [{ status: 200, body: {} }] }));
      assert.deepEqual(await test.executor.suspend(job, isSuspended, soon()), { result: 'done' });
      const [request] = test.server.requests;
      assert.equal(request?.path, '/apis/batch/v1/namespaces/default/jobs/demo-task-1');
      assert.equal(request.headers['content-type'], 'application/merge-patch+json');
      const { uid, resourceVersion } = job;
      assert.deepEqual(JSON.parse(request.body), {
        metadata: { uid, resourceVersion, annotations: { 'nightwatch.dev/suspended': mark } },
        spec: { suspend: isSuspended },
      });
    });
  }

  for (const [what, answer, expected] of [
    ['it is gone already', { status: 404, body: refusals.noJob }, 'changed'],
    ['it is another one, or was changed', { status: 409, body: refusals.staleUid }, 'changed'],
    ['nobody may', { status: 403, body: refusals.noRole }, 'unknown'],
    ['a policy refuses it', { status: 422, body: refusals.policyDenied }, 'unknown'],
    ['the server fails', { status: 500, body: refusals.etcdLeader }, 'unknown'],
    ['there is no answer', 'reset', 'unknown'],
  ] as const) {
    it(`is ${expected} when ${what}`, async () => {
      await using test = await anExecutor(byMethod({ PATCH: [answer] }));
      assert.equal((await test.executor.suspend(job, true, soon())).result, expected);
    });
  }
});

describe('listing the Jobs of a namespace', { concurrency: true }, () => {
  const page = (views: readonly object[], next?: string) => ({
    status: 200,
    body: {
      kind: 'JobList',
      metadata: { resourceVersion: '2000', ...(next !== undefined && { continue: next }) },
      items: views,
    },
  });

  it('gives page after page, whosever they are', async () => {
    const second = aJobView({ name: 'other', conditions: [aCondition()] });
    await using test = await anExecutor(
      byMethod({ GET: [page([aJobObject()], 'next page=/'), page([aJobObject(second), {}])] }),
    );
    const pages = await Array.fromAsync(test.executor.list('default', soon()));
    assert.deepEqual(pages, [[job], [second]]);
    const queries = test.server.requests.map(({ path }) => new URL(path, 'https://x').searchParams);
    assert.deepEqual(
      queries.map((query) => query.get('continue')),
      [null, 'next page=/'],
    );
    assert.ok(queries.every((query) => query.get('limit') === '250' && !query.has('labelSelector')));
  });

  for (const [what, answer] of [
    ['they cannot be listed', { status: 403, body: refusals.noRole }],
    ['a page is gone', { status: 410, body: refusals.expired }],
    ['it is no list', { status: 200, body: aJobObject() }],
    ['there is no answer', 'reset'],
  ] as const) {
    it(`throws when ${what}`, async () => {
      await using test = await anExecutor(byMethod({ GET: [answer] }));
      await assert.rejects(Array.fromAsync(test.executor.list('default', soon())));
    });
  }
});
