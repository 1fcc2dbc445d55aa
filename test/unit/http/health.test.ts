import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import {
  type HealthServer,
  HealthServerError,
  type HealthServerOptions,
  startHealthServer,
} from '../../../src/http/health.ts';
import type { HealthCheck, HealthResult } from '../../../src/http/health-check.ts';

const well: HealthCheck = { name: 'database', check: () => ({ ok: true }) };
const detailed: HealthCheck = { name: 'leader', check: () => ({ ok: true, detail: 'standby' }) };
const ill: HealthCheck = {
  name: 'schema',
  check: () => ({ ok: false, detail: 'SchemaBehind: run\nnightwatch migrate' }),
};

function aServer(overrides: Partial<HealthServerOptions> = {}): Promise<HealthServer> {
  return startHealthServer({
    address: { host: '127.0.0.1', port: 0 },
    liveness: [],
    readiness: [well, detailed],
    log: { warn: () => assert.fail('the server failed') },
    ...overrides,
  });
}

async function get(server: HealthServer, path: string, method = 'GET') {
  const url = `http://${server.address.host}:${server.address.port}${path}`;
  const response = await fetch(url, { method, signal: AbortSignal.timeout(5_000) });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sends raw bytes and returns all that comes back until the server closes. */
async function exchange(server: HealthServer, bytes: string): Promise<string> {
  const socket = connect(server.address.port, server.address.host);
  socket.write(bytes);
  const chunks = await socket.setEncoding('utf8').toArray();
  return chunks.join('');
}

/** Sends a request that does not get on, and returns what comes back. */
async function halfARequest(): Promise<string> {
  await using server = await aServer();
  return await exchange(server, 'GET /livez HTTP/1.1\r\nHost:');
}

describe('the health server', () => {
  // Sent while the tests are still being gathered: the server waits two seconds for the rest, and they need not.
  const answerToHalfARequest = halfARequest();

  it('says ok in a word when all is well', async () => {
    await using server = await aServer();
    const { status, text, headers } = await get(server, '/readyz');
    assert.deepEqual([status, text], [200, 'ok\n']);
    assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  it('says a line per check when asked to be verbose', async () => {
    await using server = await aServer();
    const { status, text } = await get(server, '/readyz?verbose');
    assert.deepEqual([status, text], [200, '[+]database ok\n[+]leader ok: standby\nreadyz check passed\n']);
  });

  for (const path of ['/readyz', '/readyz?verbose=1']) {
    it(`says what is wrong when one check fails (${path})`, async () => {
      await using server = await aServer({ readiness: [well, ill] });
      const { status, text } = await get(server, path);
      assert.deepEqual(
        [status, text],
        [503, '[+]database ok\n[-]schema SchemaBehind: run nightwatch migrate\nreadyz check failed\n'],
      );
    });
  }

  it('tells life and readiness apart', async () => {
    await using server = await aServer({ liveness: [ill], readiness: [] });
    assert.equal((await get(server, '/livez')).status, 503);
    assert.match((await get(server, '/livez')).text, /livez check failed\n$/);
    assert.equal((await get(server, '/readyz')).status, 200);
  });

  it('asks the checks again for every request', async () => {
    const results: HealthResult[] = [{ ok: true }, { ok: false, detail: 'lost' }];
    const check = () => results.shift() ?? assert.fail('it was asked too often');
    await using server = await aServer({ readiness: [{ name: 'database', check }] });
    assert.equal((await get(server, '/readyz')).status, 200);
    assert.equal((await get(server, '/readyz')).status, 503);
  });

  it('takes a check that throws for one that failed, without what it threw', async () => {
    const broken: HealthCheck = {
      name: 'broken',
      check: () => {
        throw new RangeError('with a secret');
      },
    };
    await using server = await aServer({ readiness: [broken, well] });
    const { status, text } = await get(server, '/readyz');
    assert.deepEqual(
      [status, text],
      [503, '[-]broken the check itself failed: RangeError\n[+]database ok\nreadyz check failed\n'],
    );
  });

  it('answers HEAD without a body', async () => {
    await using server = await aServer();
    const { status, text } = await get(server, '/livez', 'HEAD');
    assert.deepEqual([status, text], [200, '']);
  });

  for (const path of ['/', '/readyz/', '/readyz/database', '/metrics', '/livez/../readyz?x', '//livez', '/LIVEZ']) {
    it(`knows nothing at ${path}`, async () => {
      await using server = await aServer();
      const answer = await exchange(server, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      assert.match(answer, /^HTTP\/1.1 404 /);
    });
  }

  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    it(`refuses ${method}`, async () => {
      await using server = await aServer();
      const { status, headers } = await get(server, '/readyz', method);
      assert.deepEqual([status, headers.get('allow')], [405, 'GET, HEAD']);
    });
  }

  it('refuses headers that are too large', async () => {
    await using server = await aServer();
    const answer = await exchange(server, `GET /livez HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(9_000)}\r\n\r\n`);
    assert.match(answer, /^HTTP\/1.1 431 /);
  });

  it('ends a request that does not get on', { timeout: 15_000 }, async () => {
    assert.match(await answerToHalfARequest, /^HTTP\/1.1 408 /);
  });

  it('says which port it got', async () => {
    await using server = await aServer();
    assert.ok(server.address.port > 0);
    assert.equal(server.address.host, '127.0.0.1');
  });

  it('throws an error that names the address when it cannot listen there', async () => {
    await using server = await aServer();
    await assert.rejects(aServer({ address: server.address }), (error) => {
      assert.ok(error instanceof HealthServerError);
      assert.match(error.message, new RegExp(`127.0.0.1:${server.address.port}`));
      assert.match(String(error.cause), /EADDRINUSE/);
      return true;
    });
  });

  it('is gone after disposal, with the connections that clients keep open', { timeout: 10_000 }, async () => {
    const server = await aServer();
    const socket = connect(server.address.port, server.address.host);
    // Half a request: a connection without one would be closed by itself.
    socket.write('GET /livez HTTP/1.1\r\n');
    await once(socket, 'connect');
    await get(server, '/livez');
    const closed = once(socket, 'close');
    await server[Symbol.asyncDispose]();
    await closed;
    await server[Symbol.asyncDispose]();
    await assert.rejects(get(server, '/livez'));
  });
});
