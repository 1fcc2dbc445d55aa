import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readTextFile } from '../../../src/config/read-file.ts';

describe('readTextFile', () => {
  const directory = mkdtempSync(join(tmpdir(), 'nightwatch-config-'));
  after(() => rmSync(directory, { recursive: true }));

  function aFile(name: string, text: string): string {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  }

  it('reads a file as it is', () => {
    assert.deepEqual(readTextFile(aFile('text', 'geheim ✓\n')), { result: 'read', text: 'geheim ✓\n' });
    assert.deepEqual(readTextFile(aFile('empty', '')), { result: 'read', text: '' });
  });

  it('reads up to 256 KiB', () => {
    const most = 'x'.repeat(256 * 1024);
    assert.deepEqual(readTextFile(aFile('most', most)), { result: 'read', text: most });
    assert.deepEqual(readTextFile(aFile('more', `${most}x`)), {
      result: 'unreadable',
      reason: 'it is larger than 256 KiB',
    });
    assert.deepEqual(readTextFile('/dev/zero'), { result: 'unreadable', reason: 'it is larger than 256 KiB' });
  });

  it('says why it cannot read', () => {
    assert.deepEqual(readTextFile(join(directory, 'none')), { result: 'unreadable', reason: 'there is no such file' });
    assert.deepEqual(readTextFile(directory), { result: 'unreadable', reason: 'it is a directory' });
    assert.equal(readTextFile('a\0b').result, 'unreadable');
  });
});
