import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { type ApiClient, createApiClient, NoAnswerError } from '../../../src/executors/kubernetes/api-client.ts';
import { KubeConfigError } from '../../../src/executors/kubernetes/kube-credentials.ts';
import { refusals } from '../../support/api-refusals.ts';
import { eventually } from '../../support/eventually.ts';
import type { Script } from '../../support/scripted-api-server.ts';
import { aClient, soon } from './an-executor.ts';

function get(client: ApiClient, path = '/version', signal = soon()) {
  return client.request({ method: 'GET', path, signal });
}

const fine: Script = () => ({ status: 200, body: { fine: true } });

describe('a request to the API server', { concurrency: true }, () => {
  it('says who asks, with the words of this very moment', async () => {
    let epoch = 'none';
    await using test = await aClient(fine, { userAgent: () => `nightwatch/1.2.3 (a; epoch ${epoch})` });
    const { dateMs, ...answer } = await get(test.client);
    assert.deepEqual(answer, { status: 200, body: '{"fine":true}', retryAfterMs: undefined });
    assert.ok(Math.abs((dateMs ?? 0) - Date.now()) < 60_000);
    epoch = '7';
    await get(test.client);
    const [first, second] = test.server.requests;
    assert.equal(first?.headers.authorization, 'Bearer first-token');
    assert.equal(first.headers['user-agent'], 'nightwatch/1.2.3 (a; epoch none)');
    assert.equal(second?.headers['user-agent'], 'nightwatch/1.2.3 (a; epoch 7)');
  });

  it('shares connections with those before it, and makes no more than it may', async () => {
    await using test = await aClient(fine, { requestConnections: 3 });
    for (let round = 0; round < 5; round += 1) await Promise.all(Array.from({ length: 20 }, () => get(test.client)));
    assert.equal(test.server.requests.length, 100);
    assert.ok(test.server.connections <= 3, `${test.server.connections} connections`);
  });

  it('gives refusals as answers, with the time after which to come again', async () => {
    await using test = await aClient(() => ({ status: 429, body: refusals.tooMany, headers: { 'retry-after': '3' } }));
    const answer = await get(test.client);
    assert.deepEqual([answer.status, answer.retryAfterMs], [429, 3_000]);
  });

  it('is repeated once with credentials that are read afresh when nobody knows the token', async () => {
    const script: Script = ({ headers }) =>
      headers.authorization === 'Bearer second-token' ? { status: 200 } : { status: 401, body: refusals.unauthorized };
    await using test = await aClient(script);
    assert.equal((await get(test.client)).status, 401);
    assert.equal(test.server.requests.length, 2);
    await test.server.rotateToken('second-token');
    assert.equal((await get(test.client)).status, 200);
    assert.equal((await get(test.client)).status, 200);
    assert.equal(test.server.requests.length, 5);
  });

  it('goes on with the old credentials while the new ones cannot be read', async () => {
    await using test = await aClient(() => ({ status: 401 }));
    await writeFile(test.server.kubeconfigPath, 'no kubeconfig');
    assert.equal((await get(test.client)).status, 401);
  });

  it('has no answer when the connection breaks, and says so with the cause', async () => {
    await using test = await aClient(() => 'reset');
    await assert.rejects(get(test.client), (error) => {
      assert.ok(error instanceof NoAnswerError);
      assert.match(error.message, /^no answer from the API server: .*\(UND_ERR_SOCKET|ECONNRESET\)/);
      assert.ok(error.cause instanceof Error);
      return true;
    });
  });

  it('has no answer when the server takes too long', async () => {
    await using test = await aClient(() => ({ stream: () => {} }), { requestTimeoutMs: 200 });
    const sentAtMs = performance.now();
    await assert.rejects(get(test.client), NoAnswerError);
    assert.ok(performance.now() - sentAtMs < 3_000);
  });

  it('has no answer when the answer breaks off in its middle', async () => {
    const script: Script = () => ({
      stream: (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"items"', () => response.destroy());
      },
    });
    await using test = await aClient(script);
    await assert.rejects(get(test.client), NoAnswerError);
  });

  it('has no answer when nobody listens', async () => {
    const test = await aClient(fine);
    await test.server[Symbol.asyncDispose]();
    await assert.rejects(get(test.client), /ECONNREFUSED/);
    await test[Symbol.asyncDispose]();
  });

  it('rejects with the reason of its signal, not as unanswered', async () => {
    await using test = await aClient(() => ({ stream: () => {} }));
    const stop = new AbortController();
    const request = get(test.client, '/slow', stop.signal);
    await eventually(() => test.server.requests.length === 1, 'it was sent');
    stop.abort(new RangeError('over'));
    await assert.rejects(request, RangeError);
    await assert.rejects(get(test.client, '/never', stop.signal), RangeError);
    assert.equal(test.server.requests.length, 1);
  });

  it('is never sent when its signal aborts while it waits for a connection', async () => {
    const isFree = Promise.withResolvers<void>();
    const script: Script = async ({ path }) => {
      if (path === '/slow') await isFree.promise;
      return { status: 200 };
    };
    await using test = await aClient(script, { requestConnections: 1 });
    const slow = get(test.client, '/slow');
    const stop = new AbortController();
    const waiting = get(test.client, '/waiting', stop.signal);
    await eventually(() => test.server.requests.length === 1, 'the first was sent');
    stop.abort(new RangeError('over'));
    await assert.rejects(waiting, RangeError);
    isFree.resolve();
    assert.equal((await slow).status, 200);
    assert.equal((await get(test.client, '/last')).status, 200);
    assert.deepEqual(
      test.server.requests.map(({ path }) => path),
      ['/slow', '/last'],
    );
  });

  it('is answered again after many were not', async () => {
    let failures = 7;
    await using test = await aClient(() => (failures-- > 0 ? 'reset' : { status: 200 }));
    for (let failed = 0; failed < 7; failed += 1) await assert.rejects(get(test.client), NoAnswerError);
    assert.equal((await get(test.client)).status, 200);
  });

  it('is not cut off because others, sent before it, got no answer', async () => {
    const isReset = Promise.withResolvers<void>();
    const script: Script = async ({ path }) => {
      if (path === '/good') return { status: 200 };
      await isReset.promise;
      return 'reset';
    };
    await using test = await aClient(script, { requestConnections: 12 });
    const failing = Array.from({ length: 6 }, () => assert.rejects(get(test.client), NoAnswerError));
    await eventually(() => test.server.requests.length === 6, 'all six were sent');
    isReset.resolve(); // three failures replace the connections; the other three requests fail by that
    await Promise.race(failing);
    const good = get(test.client, '/good');
    await Promise.all(failing);
    assert.equal((await good).status, 200);
  });
});

describe('a stream of the API server', { concurrency: true }, () => {
  it('is given as it comes, until the signal aborts', async () => {
    const script: Script = () => ({
      stream: (response) => {
        response.writeHead(200);
        response.write('first');
      },
    });
    await using test = await aClient(script);
    const stop = new AbortController();
    const { status, body } = await test.client.stream('/watch', stop.signal);
    assert.equal(status, 200);
    const chunks = body[Symbol.asyncIterator]();
    assert.equal(String((await chunks.next()).value), 'first');
    const next = chunks.next();
    stop.abort();
    await assert.rejects(next);
  });

  it('takes no connection away from requests', async () => {
    const script: Script = ({ path }) =>
      path === '/watch' ? { stream: (response) => void response.flushHeaders() } : { status: 200 };
    await using test = await aClient(script, { requestConnections: 1, watchConnections: 2 });
    const bodies = await Promise.all([1, 2].map(() => test.client.stream('/watch', soon())));
    assert.equal((await get(test.client)).status, 200);
    for (const { body } of bodies) body.on('error', () => {}).destroy();
  });

  it('that does not begin has no answer', async () => {
    await using test = await aClient(() => 'reset');
    await assert.rejects(test.client.stream('/watch', soon()), NoAnswerError);
  });
});

describe('credentials that cannot be used', () => {
  const options = { requestConnections: 1, watchConnections: 1, requestTimeoutMs: 1_000, userAgent: () => 'x' };
  it('are told at the start', async () => {
    const access = { source: 'kubeconfig', path: '/nowhere/config' } as const;
    await assert.rejects(createApiClient({ ...options, access }), (error) => {
      assert.ok(error instanceof KubeConfigError);
      assert.match(error.message, /kubeconfig \/nowhere\/config cannot be used/);
      return true;
    });
  });
});
