import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NoAnswerError } from '../../../src/executors/kubernetes/api-client.ts';
import { refusals } from '../../support/api-refusals.ts';
import { eventually } from '../../support/eventually.ts';
import type { Script } from '../../support/scripted-api-server.ts';
import { aClient, soon } from './an-executor.ts';

/** What a client is told of the body of an answer. */
async function aListening(script: Script) {
  const test = await aClient(script);
  const chunks: Buffer[] = [];
  const ask = (note = () => {}) => {
    const onBytes = (bytes: Buffer) => {
      chunks.push(bytes);
      note();
    };
    return test.client.request({ method: 'GET', path: '/jobs', signal: soon(), onBytes });
  };
  const told = () => Buffer.concat(chunks).toString();
  return { ask, told, [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() };
}

describe('an answer of which the bytes are told', { concurrency: true }, () => {
  it('is told as it comes, and not kept', async () => {
    const isTold = Promise.withResolvers<void>();
    const script: Script = () => ({
      stream: async (response) => {
        response.write('first, ');
        await isTold.promise;
        response.end('second');
      },
    });
    await using test = await aListening(script);
    const answer = test.ask();
    await eventually(() => test.told() === 'first, ', 'the first part');
    isTold.resolve();
    const { status, body } = await answer;
    assert.deepEqual({ status, body }, { status: 200, body: '' });
    assert.equal(test.told(), 'first, second');
  });

  it('leaves the event loop to others in between, though all of it has come', async () => {
    const body = 'x'.repeat(1_000_000);
    await using test = await aListening(() => ({ status: 200, body }));
    const turnOf: number[] = [];
    let turn = 0;
    const count = () => {
      turn += 1;
      counting = setImmediate(count);
    };
    let counting = setImmediate(count);
    await test.ask(() => void turnOf.push(turn));
    clearImmediate(counting);
    assert.equal(test.told(), body);
    assert.ok(turnOf.length > 5, `${turnOf.length} chunks`);
    assert.equal(new Set(turnOf).size, turnOf.length, 'no two in one turn');
  });

  it('is kept, and not told, when it is a refusal', async () => {
    await using test = await aListening(() => ({ status: 403, body: refusals.noRole }));
    const { status, body } = await test.ask();
    assert.equal(status, 403);
    assert.match(body, /forbidden/);
    assert.equal(test.told(), '');
  });

  it('is none when it breaks off in its middle', async () => {
    const script: Script = () => ({
      stream: (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"items":[', () => response.destroy());
      },
    });
    await using test = await aListening(script);
    await assert.rejects(test.ask(), NoAnswerError);
  });
});
