import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

it('has the compile cache of the image made by the command line that it is started with', () => {
  const dockerfile = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8');
  const words: unknown = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '');
  assert.ok(Array.isArray(words));
  assert.ok(dockerfile.includes(`/app/compile-cache ${words.join(' ')} --help`), words.join(' '));
});
