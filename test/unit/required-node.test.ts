import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const oldNode = `Object.defineProperty(process, 'version', { value: 'v24.21.0' });
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '24.21.0' } });`;

/** Starts the program by one of its files on a Node that takes itself for an older one. */
function startOnOldNode(file: string): Promise<{ readonly exitCode: unknown; readonly said: string }> {
  const words = ['--import', `data:text/javascript,${encodeURIComponent(oldNode)}`, file, '--version'];
  return new Promise((resolve) => {
    execFile(process.execPath, words, (error, stdout, stderr) => {
      resolve({ exitCode: error?.code, said: stdout + stderr });
    });
  });
}

describe('on a Node that is too old', { concurrency: true }, () => {
  for (const file of ['start.js', 'main.ts']) {
    it(`${file} says in one sentence which one it needs`, async () => {
      const { exitCode, said } = await startOnOldNode(join(import.meta.dirname, '../../src', file));
      assert.match(said, /^nightwatch needs Node 26 or later, this is v24\.21\.0: [^\n]+\.\n$/);
      assert.equal(exitCode, 2);
    });
  }
});
