import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { KubeConfigError, loadKubeCredentials } from '../../../src/executors/kubernetes/kube-credentials.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

function aKubeconfig({
  server = 'https://example.test:6443',
  cluster = {},
  user = {},
}: {
  server?: string;
  cluster?: object;
  user?: object;
} = {}) {
  return {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': base64('ca'), ...cluster } }],
    users: [{ name: 'u', user: { token: 'secret', ...user } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  };
}

async function load(kubeconfig: object | string) {
  await using directory = await scratchDirectory('kubeconfig');
  const path = join(directory.path, 'config');
  await writeFile(path, typeof kubeconfig === 'string' ? kubeconfig : JSON.stringify(kubeconfig));
  return await loadKubeCredentials({ source: 'kubeconfig', path });
}

describe('the credentials of a kubeconfig', () => {
  it('are where the server is, whom to trust and who we are', async () => {
    const { origin, basePath, headers, tls } = await load(aKubeconfig());
    assert.deepEqual(
      { origin, basePath, headers },
      { origin: 'https://example.test:6443', basePath: '', headers: { authorization: 'Bearer secret' } },
    );
    assert.deepEqual(tls, { ca: Buffer.from('ca'), rejectUnauthorized: true });
  });

  it('may be a client certificate', async () => {
    const user = { token: undefined, 'client-certificate-data': base64('cert'), 'client-key-data': base64('key') };
    const { headers, tls } = await load(aKubeconfig({ user }));
    assert.deepEqual(headers, {});
    assert.deepEqual([tls.cert?.toString(), tls.key?.toString()], ['cert', 'key']);
  });

  it('may lie below a path of the server', async () => {
    const { origin, basePath } = await load(aKubeconfig({ server: 'https://example.test/clusters/one/' }));
    assert.deepEqual([origin, basePath], ['https://example.test', '/clusters/one']);
  });

  it('say when connections made before must be replaced: not for another token, but for another authority, certificate or server', async () => {
    const print = async (options: Parameters<typeof aKubeconfig>[0]) => (await load(aKubeconfig(options))).fingerprint;
    const first = await print({});
    assert.equal(await print({ user: { token: 'rotated' } }), first);
    assert.notEqual(await print({ cluster: { 'certificate-authority-data': base64('other') } }), first);
    assert.notEqual(
      await print({ user: { 'client-certificate-data': base64('c'), 'client-key-data': base64('k') } }),
      first,
    );
    assert.notEqual(await print({ server: 'https://elsewhere.test:6443' }), first);
  });

  const unusable = [
    ['it is no kubeconfig', 'garbage: [', /cannot be used/],
    ['it names no cluster', { ...aKubeconfig(), 'current-context': 'absent' }, /names no cluster/],
    ['its server does not encrypt', aKubeconfig({ server: 'http://example.test:8080' }), /must be https/],
    ['its server is no address', aKubeconfig({ server: 'example' }), /cannot be used/],
  ] as const;
  for (const [what, kubeconfig, words] of unusable) {
    it(`cannot be used when ${what}`, async () => {
      await assert.rejects(load(kubeconfig), (error) => {
        assert.ok(error instanceof KubeConfigError);
        assert.match(error.message, words);
        assert.match(error.message, /kubeconfig \//);
        return true;
      });
    });
  }
});

describe('the credentials of a pod', () => {
  it('are its service account, read afresh each time', async () => {
    await using directory = await scratchDirectory('service-account');
    const write = (name: string, text: string) => writeFile(join(directory.path, name), text);
    await write('token', 'first\n');
    await write('ca.crt', 'authority');
    const read = () => loadKubeCredentials({ source: 'in-cluster', server: 'https://10.96.0.1:443' }, directory.path);
    const { fingerprint, ...credentials } = await read();
    assert.deepEqual(credentials, {
      ...{ origin: 'https://10.96.0.1', basePath: '', headers: { authorization: 'Bearer first' } },
      tls: { ca: Buffer.from('authority'), rejectUnauthorized: true },
    });
    await write('token', 'second');
    const later = await read();
    assert.deepEqual([later.headers, later.fingerprint], [{ authorization: 'Bearer second' }, fingerprint]);
    await write('ca.crt', 'another authority');
    assert.notEqual((await read()).fingerprint, fingerprint);
  });

  it('cannot be used without a token, and which file is missing is told', async () => {
    await using directory = await scratchDirectory('service-account');
    await writeFile(join(directory.path, 'ca.crt'), 'authority');
    const access = { source: 'in-cluster', server: 'https://10.96.0.1:443' } as const;
    await assert.rejects(loadKubeCredentials(access, directory.path), (error) => {
      assert.ok(error instanceof KubeConfigError);
      assert.match(error.message, /^the in-cluster service account cannot be used: ENOENT.*token/);
      return true;
    });
  });
});
