import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCommand } from '../../support/run-command.ts';

const module = join(import.meta.dirname, '../../../src/executors/kubernetes/kube-config.ts');
/** In a process of its own: in this one others may have loaded anything. */
const program = `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  const { KubeConfig } = await import(${JSON.stringify(module)});
  console.log(JSON.stringify({ contexts: new KubeConfig().getContexts(), loaded }));
`;

describe("the library's KubeConfig", () => {
  it('comes without the API classes that reading a configuration does not need', async () => {
    const { stdout } = await runCommand(process.execPath, ['--input-type=module', '--eval', program]);
    const { loaded }: { readonly loaded: readonly string[] } = JSON.parse(stdout);
    assert.ok(loaded.some((url) => url.endsWith('/@kubernetes/client-node/dist/config.js')));
    assert.deepEqual(
      loaded.filter((url) => /client-node\/dist\/gen\/(apis|models|types)\//.test(url)),
      [],
    );
  });
});
