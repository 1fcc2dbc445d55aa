import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { selfSignedCertificate } from '../support/self-signed-certificate.ts';
import { insertTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';
import { install } from './installation.ts';
import { openPlatform } from './platform.ts';
import { readSurroundings } from './surroundings.ts';
import { untilTask } from './until-task.ts';

const timeout = 300_000;
const { redisTlsUrl = '', certificateAuthority } = readSurroundings();
const skip = certificateAuthority ? false : 'the database and Redis have no certificate here';
const authorities = 'authorities';

describe('a database and a Redis outside the cluster, over TLS', { timeout, skip }, () => {
  it('are used when an authority that nightwatch is given has signed their certificates, and refused otherwise', async () => {
    await using platform = await openPlatform(readSurroundings());
    const namespace = await platform.createNamespace('tasks');
    await using installation = await install(platform, {
      namespaces: [namespace],
      databaseParameters: '?tls=verify&tlsCa=/etc/nightwatch/authorities/ca.crt',
      redisUrl: redisTlsUrl,
      objects: [authoritiesOf(certificateAuthority)],
      values: { certificateAuthorities: { configMap: authorities } },
    });
    const { user, namespace: own } = installation;
    const info = JSON.stringify({ image: 'busybox', command: ['true'] });
    await insertTasks(user, [{ name: 'verified', namespace, info, status: 'Normal' }]);
    await untilTask(user, 'verified', { status: 'Succeeded' });

    const other = selfSignedCertificate().certificate;
    await platform.kubectl(['replace', '-n', own, '-f', '-'], JSON.stringify(authoritiesOf(other)));
    await platform.kubectl(['delete', 'pods', '-n', own, '--all', '--timeout=55s']);

    await until(
      'the new replicas refuse both',
      async () => {
        const replicas = ['-n', own, '-l', 'app.kubernetes.io/component=service'];
        const logs = await platform.kubectl(['logs', ...replicas, '--tail=-1']);
        assert.match(logs, /"kysely.*certificate/);
        assert.match(logs, /redis.*certificate/);
      },
      60_000,
    );
    const ready = ['get', 'deployment', 'nightwatch', '-n', own, '-o', 'jsonpath={.status.readyReplicas}'];
    assert.equal(await platform.kubectl(ready), '');
  });
});

function authoritiesOf(certificate: string | undefined): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: authorities }, data: { 'ca.crt': certificate } };
}
