import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { unlessAborted } from '../../src/unless-aborted.ts';

describe('a call that is raced against a signal', () => {
  it('has its own outcome, and leaves no listener', async () => {
    const { signal } = new AbortController();
    assert.equal(await unlessAborted(Promise.resolve(7), signal), 7);
    await assert.rejects(unlessAborted(Promise.reject(new RangeError('its own')), signal), /its own/);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it("rejects with the signal's reason as soon as that aborts, though it never ends", async () => {
    const abort = new AbortController();
    const call = unlessAborted(new Promise(() => {}), abort.signal);
    abort.abort(new RangeError('over'));
    await assert.rejects(call, /over/);
    assert.equal(getEventListeners(abort.signal, 'abort').length, 0);
  });

  it('rejects when the signal had aborted before', async () => {
    await assert.rejects(unlessAborted(new Promise(() => {}), AbortSignal.abort(new RangeError('before'))), /before/);
  });

  it('may fail after the abort without anybody hearing of it', async () => {
    const abort = new AbortController();
    const { promise, reject } = Promise.withResolvers<void>();
    const call = unlessAborted(promise, abort.signal);
    abort.abort();
    await assert.rejects(call);
    reject(new Error('late'));
    await new Promise(setImmediate); // an unhandled rejection would fail the test
  });
});
