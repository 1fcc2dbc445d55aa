import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Interceptions, type ProxiedRequest } from '../../support/interception.ts';

function aRequest(overrides: Partial<ProxiedRequest> = {}): ProxiedRequest {
  return { method: 'POST', path: '/jobs', body: Buffer.alloc(0), ...overrides };
}

const always = () => true;

describe('the interceptions of a proxy', () => {
  it('take as many requests as they were told to, and only those that match', () => {
    const interceptions = new Interceptions();
    const posts = interceptions.add(({ method }) => method === 'POST', { kind: 'hold' }, 2);

    const taken = ['GET', 'POST', 'POST', 'POST'].map((method) => interceptions.take(aRequest({ method })));

    assert.deepEqual(
      taken.map((interception) => interception?.treatment.kind),
      [undefined, 'hold', 'hold', undefined],
    );
    assert.equal(posts.seen.length, 2);
  });

  it('take a request for the latest that matches', () => {
    const interceptions = new Interceptions();
    interceptions.add(always, { kind: 'hold' });
    interceptions.add(always, { kind: 'delay', delayMs: 5 }, 1);

    const kinds = [1, 2].map(() => interceptions.take(aRequest())?.treatment.kind);

    assert.deepEqual(kinds, ['delay', 'hold']);
  });

  it('let go what they hold when they are released or stopped', async () => {
    const interceptions = new Interceptions();
    const held = interceptions.add(always, { kind: 'hold' }, 1);
    const active = interceptions.take(aRequest());
    assert.ok(active);

    held.release();
    await active.released;
    active.noteForwarded(201);

    assert.deepEqual(held.answers, [201]);
    const stopped = interceptions.add(always, { kind: 'hold' });
    const other = interceptions.take(aRequest());
    stopped.stop();
    await other?.released;
    assert.equal(interceptions.take(aRequest()), undefined);
  });
});
