import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readLines, readText, SilentStreamError } from '../../../src/executors/kubernetes/watch-stream.ts';
import { cutBytes } from './cut-bytes.ts';

async function linesOf(chunks: readonly Uint8Array[]): Promise<readonly string[]> {
  const batches = await Array.fromAsync(readLines(Readable.from(chunks), 1_000));
  return batches.flat();
}

describe('the lines of a stream', () => {
  it('are the same however its bytes are cut, in the middle of a character too', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify({ text }));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1 }), fc.array(fc.nat(5_000)), async (lines, places) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        assert.deepEqual(await linesOf(cutBytes(bytes, places)), lines);
      }),
      { numRuns: 50 },
    );
  });

  it('do not include one that is not complete', async () => {
    assert.deepEqual(await linesOf([Buffer.from('{"a":1}\n{"b"')]), ['{"a":1}']);
  });

  it('come as many at a time as a chunk completes', async () => {
    const batches = await Array.fromAsync(
      readLines(Readable.from(['a\nb\nc', 'd\n', 'e', '\n'].map((text) => Buffer.from(text))), 1_000),
    );
    assert.deepEqual(batches, [['a', 'b'], ['cd'], ['e']]);
  });

  it('end with an error when nothing comes for too long, and the stream is destroyed', async () => {
    const stream = new PassThrough();
    stream.write('a\n');
    const lines = readLines(stream, 30);
    assert.deepEqual((await lines.next()).value, ['a']);
    await assert.rejects(lines.next(), SilentStreamError);
    assert.equal(stream.destroyed, true);
  });

  it('do not end while something comes now and then, though no line is completed', async () => {
    const stream = new PassThrough();
    const drip = setInterval(() => stream.write('.'), 10);
    setTimeout(() => {
      clearInterval(drip);
      stream.end('\n');
    }, 150);
    const batches = await Array.fromAsync(readLines(stream, 60));
    assert.match(batches.flat().join(), /^\.{5,}$/);
  });

  it('destroy the stream when the reader leaves', async () => {
    const stream = new PassThrough();
    stream.write('a\nb\n');
    for await (const lines of readLines(stream, 1_000)) {
      assert.deepEqual(lines, ['a', 'b']);
      break;
    }
    assert.equal(stream.destroyed, true);
  });

  it('pass on why the stream broke', async () => {
    const stream = new PassThrough();
    const lines = readLines(stream, 1_000);
    setImmediate(() => stream.destroy(new RangeError('reset')));
    await assert.rejects(lines.next(), RangeError);
  });
});

describe('the text of a short stream', () => {
  it('is the same however its bytes are cut', async () => {
    const bytes = Buffer.from('{"message":"ä-日本-😀"}');
    const stream = Readable.from(Array.from(bytes, (byte) => Buffer.of(byte)));
    assert.equal(await readText(stream, 1_000), bytes.toString());
  });

  it('is given up when it does not end in time, though something comes now and then', async () => {
    const stream = new PassThrough();
    const drip = setInterval(() => stream.write('.'), 5);
    await assert.rejects(readText(stream, 40), SilentStreamError).finally(() => clearInterval(drip));
    assert.equal(stream.destroyed, true);
  });
});
