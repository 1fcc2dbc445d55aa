import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { KubeConfigError, loadKubeCredentials } from '../../../src/executors/kubernetes/kube-credentials.ts';
import { errorRecord } from '../../../src/log/error-record.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const secret = 'planted-secret';

/** A kubeconfig with these lines for its user, and this server. */
function aKubeconfig(user: string, server = 'https://example.test:6443'): string {
  return `apiVersion: v1
kind: Config
current-context: c
clusters: [{ name: c, cluster: { server: '${server}' } }]
contexts: [{ name: c, context: { cluster: c, user: u } }]
users:
- name: u
  user:
    ${user}`;
}

function aPlugin(script: string): string {
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', script] };
  return `exec: ${JSON.stringify(exec)}`;
}

describe('a kubeconfig that cannot be used', () => {
  for (const [what, text, says] of [
    ['a tab below a token', aKubeconfig(`token: ${secret}\n\tx: y`), /line 10, column 1$/],
    ['a key that is indented wrongly', aKubeconfig(`client-key-data: ${secret}\n   x: y`), /line 10/],
    ['a quote that is left open', aKubeconfig(`token: "${secret}`), /line \d+/],
    ['a token that is taken for an alias', aKubeconfig(`token: *${secret}`), /line 9/],
    ['a token that is taken for a tag', aKubeconfig(`token: !!${secret} x`), /line 9/],
    ['a token twice', aKubeconfig(`token: ${secret}\n    token: ${secret}`), /line 10/],
    ['a plugin that fails', aKubeconfig(aPlugin(`echo ${secret} >&2; exit 1`)), /credential plugin failed/],
    ['a plugin that prints no JSON', aKubeconfig(aPlugin(`echo ${secret}`)), /credential plugin failed/],
    ['a password in a wrong address', aKubeconfig('token: x', `http://u:${secret}@example.test`), /must be https/],
  ] as const) {
    it(`for ${what} shows no secret, neither in its message nor in what is logged of it`, async () => {
      await using directory = await scratchDirectory('kubeconfig');
      const path = join(directory.path, 'config');
      await writeFile(path, text);

      await assert.rejects(loadKubeCredentials({ source: 'kubeconfig', path }), (error) => {
        assert.ok(error instanceof KubeConfigError);
        assert.match(error.message, says);
        const shown = `${error.message} ${JSON.stringify(errorRecord(error, true))} ${inspect(error)}`;
        assert.ok(!shown.includes(secret), shown);
        return true;
      });
    });
  }
});
