import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { selfSignedCertificate } from '../support/self-signed-certificate.ts';
import { insertTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';
import { install } from './installation.ts';
import { openPlatform } from './platform.ts';
import { databaseName, readSurroundings } from './surroundings.ts';
import { untilTask } from './until-task.ts';

const timeout = 300_000;
const { redisTlsUrl = '', certificateAuthority, databaseUrl } = readSurroundings();
const skip = certificateAuthority ? false : 'the database and Redis have no certificate here';
const authorities = 'authorities';
// There is no other program in the image.
const answer = "console.log(await (await fetch('http://127.0.0.1:8080/readyz?verbose')).text())";
const readReadiness = ['node', '--input-type=module', '--eval', answer];

describe('a database and a Redis outside the cluster, over TLS', { timeout, skip }, () => {
  it('are used when an authority that nightwatch is given has signed their certificates, and refused otherwise', async () => {
    await using platform = await openPlatform(readSurroundings());
    const namespace = await platform.createNamespace('tasks');
    await using installation = await install(platform, {
      namespaces: [namespace],
      databaseUrl: verified,
      redisUrl: redisTlsUrl,
      objects: [authoritiesOf(certificateAuthority), ...nameOf(new URL(databaseUrl))],
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
      'a new replica refuses both',
      async () => {
        const readiness = await platform.kubectl(['exec', '-n', own, 'deployment/nightwatch', '--', ...readReadiness]);
        assert.match(readiness, /^\[-\]database self-signed certificate/m);
        assert.match(readiness, /^\[-\]redis 0 of 1 connected/m);
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

function verified(url: URL): URL {
  const address = new URL(url);
  address.hostname = databaseName;
  address.search = '?tls=verify&tlsCa=/etc/nightwatch/authorities/ca.crt';
  return address;
}

/** Has pods find an address outside the cluster by a name. */
function nameOf({ hostname, port }: URL): readonly object[] {
  const ports = [{ name: 'mysql', port: Number(port) }];
  const labels = { 'kubernetes.io/service-name': databaseName };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name: databaseName }, spec: { clusterIP: 'None', ports } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: databaseName, labels },
      addressType: 'IPv4',
      endpoints: [{ addresses: [hostname] }],
      ports,
    },
  ];
}
