import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LogTail } from '../../../src/task/log-tail.ts';

function tailOf(text: string | Uint8Array, limit: number, chunkBytes = 7): { text: string; isCut: boolean } {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const tail = new LogTail(limit);
  for (let at = 0; at < bytes.length; at += chunkBytes) tail.add(bytes.subarray(at, at + chunkBytes));
  assert.equal(tail.seenBytes, bytes.length);
  return tail.text();
}

describe('the end of a log', () => {
  test('is all of it while there is room', () => {
    assert.deepEqual(tailOf('one\ntwo\n', 8), { text: 'one\ntwo\n', isCut: false });
    assert.deepEqual(tailOf('', 8), { text: '', isCut: false });
  });

  test('begins with a whole line where one begins soon', () => {
    const lines = Array.from({ length: 50 }, (_, index) => `line ${index}\n`).join('');
    const { text, isCut } = tailOf(lines, 100);
    assert.equal(isCut, true);
    assert.match(text, /^line \d+\n/);
    assert.ok(lines.endsWith(text) && text.length > 75 && text.length <= 100);
  });

  test('begins in the middle of a line that is very long, with a whole character', () => {
    const { text, isCut } = tailOf('日'.repeat(100), 100);
    assert.deepEqual([text, isCut], ['日'.repeat(33), true]);
  });

  test('keeps a line that fits exactly', () => {
    assert.deepEqual(tailOf('first\nlast\n', 5), { text: 'last\n', isCut: true });
  });

  test('has a mark in place of what no column takes', () => {
    assert.equal(tailOf(Uint8Array.of(0x61, 0x00, 0xff, 0x62), 10).text, 'a\ufffd\ufffdb');
  });

  test('is the same however it came, never more than there is room for, and well formed', () => {
    const property = fc.property(
      fc.string({ unit: fc.constantFrom('a', '\n', 'é', '日', '😀'), maxLength: 200 }),
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 50 }),
      (text, limit, chunkBytes) => {
        const tail = tailOf(text, limit, chunkBytes);
        assert.deepEqual(tail, tailOf(text, limit, 1_000));
        assert.ok(Buffer.byteLength(tail.text) <= limit);
        assert.ok(text.endsWith(tail.text) && !tail.text.includes('\ufffd'));
        assert.equal(tail.isCut, Buffer.byteLength(text) > limit);
      },
    );
    fc.assert(property);
  });
});
