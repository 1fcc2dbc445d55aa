import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { it } from 'node:test';
import { promisify } from 'node:util';

/** In a process of its own: the flags are those of a process, and what has grown stays. */
const program = `
import { getHeapSpaceStatistics } from 'node:v8';
const { growLittle } = await import(process.argv[1]);
let kept = [];
function youngAfterMuch() {
  for (let page = 0; page < 150; page += 1) {
    kept.push(Array.from({ length: 2_000 }, (_, index) => ({ index, text: 'x' + index })));
    if (kept.length > 20) kept.shift();
  }
  return getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').physical_space_size / 1_048_576;
}
const outer = growLittle();
growLittle()[Symbol.dispose]();
const during = youngAfterMuch();
outer[Symbol.dispose]();
console.log(JSON.stringify({ during, after: youngAfterMuch() }));
`;

it('keeps the young generation small until the last walk is over, and no longer', async () => {
  const module = new URL('../../src/heap-growth.ts', import.meta.url).href;
  const flags = ['--semi-space-growth-factor=1', '--input-type=module', '--eval', program, module];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  const { during, after } = JSON.parse(stdout);
  assert.ok(during < 6, `${during} MB during it`);
  assert.ok(after > 12, `${after} MB after it`);
});
