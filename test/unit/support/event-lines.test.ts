import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { EventLines, type LineFate } from '../../support/event-lines.ts';

const fateOf = (line: string): LineFate => {
  const word = line.trim().split('-')[0];
  return word === 'drop' || word === 'double' || word === 'late' ? word : 'pass';
};

function through(chunks: readonly (string | Buffer)[]): Promise<string> {
  return text(Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(new EventLines(fateOf)));
}

describe('the events of a watch on their way', () => {
  it('pass as they are, wherever their bytes are cut', async () => {
    const bytes = Buffer.from('a\nä-日本-😀\nb\n');
    assert.equal(await through(Array.from(bytes, (byte) => Buffer.of(byte))), bytes.toString());
  });

  it('are dropped, doubled and late as they are fated', async () => {
    assert.equal(
      await through(['a\ndrop-1\nb\n', 'double-2\nlate-3\nc\nd\n']),
      'a\nb\ndouble-2\ndouble-2\nc\nlate-3\nd\n',
    );
  });

  it('come in the end when they are late and none follows', async () => {
    const lines = new EventLines(fateOf);
    lines.write('a\nlate-1\n');
    const seen: string[] = [];
    for await (const chunk of lines) {
      seen.push(String(chunk));
      if (seen.length === 2) break;
    }
    assert.deepEqual(seen, ['a\n', 'late-1\n']);
  });

  it('keep a last one that was cut', async () => {
    assert.equal(await through(['a\nb']), 'a\nb');
  });
});
