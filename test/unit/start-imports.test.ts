import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCommand } from '../support/run-command.ts';

const run = join(import.meta.dirname, '../../src/commands/run.ts');
const log = join(import.meta.dirname, '../../src/log.ts');
/** In a process of its own: in this one others may have loaded anything. */
const program = `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  const { createLogger } = await import(${JSON.stringify(log)});
  createLogger({ level: 'info', format: 'json', fd: 2 });
  await import(${JSON.stringify(run)});
  console.log(JSON.stringify(loaded));
`;

describe('a start in a pod', () => {
  it('loads no library that it has no use for', async () => {
    const { stdout } = await runCommand(process.execPath, ['--input-type=module', '--eval', program]);
    const loaded: readonly string[] = JSON.parse(stdout);
    const libraries = new Set(loaded.map((url) => /\/node_modules\/((@[^/]+\/)?[^/]+)\//.exec(url)?.[1]));
    assert.ok(libraries.has('pino') && libraries.has('undici'), 'what is loaded is seen');
    assert.deepEqual([libraries.has('@kubernetes/client-node'), libraries.has('pino-pretty')], [false, false]);
  });
});
