import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiAccess, writeKubeconfig } from '../../support/api-access.ts';
import { createApiClient } from '../../support/api-client.ts';
import { systemNamespace } from '../../support/cluster-identities.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { selfSignedCertificate } from '../../support/self-signed-certificate.ts';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import { readRowHistory } from '../history/row-history.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';
import { untilRecorded } from '../round/until-recorded.ts';

const burst = 20;
const recoveredMs = 60_000;
/** The API server remembers for ten seconds that a token was right. */
const forgottenMs = 30_000;
const account = 'nightwatch';

export const rotatedCredentials: Fault = {
  number: 38,
  event: 'service-account token expires, before and after the next one is there; CA rotates',
  behaviour: 'goes on within 60 s, and at once where the next token was there in time',
  setUp: { settings: steadyLease },
  async play(round) {
    await loseToken(round);
    const token = await bringToken(round, 'first');
    await untilWellAgain(round, 'with-a-late-token');

    await rotateInTime(round, token);

    const { key, certificate } = selfSignedCertificate();
    for (const { ways } of round.replicas) ways.requests.showCertificate({ cert: certificate, key });
    await untilUnwell(round, /\[-\]kubernetes .*(certificate|self-signed)/);
    await bringToken(round, 'third', certificate);
    await untilWellAgain(round, 'with-a-new-authority');
  },
};

/** With its account, all tokens of it are worthless; the next account of that name is another one. */
async function loseToken(round: Round): Promise<void> {
  const { kubectl } = round.system.cluster;
  await kubectl(['delete', 'serviceaccount', account, '-n', systemNamespace]);
  await kubectl(['create', 'serviceaccount', account, '-n', systemNamespace]);
  await untilUnwell(round, /\[-\]kubernetes .*HTTP 401/);
}

/** The next token is in the file before the last one ends, as a kubelet does it: nobody but the API server knows. */
async function rotateInTime(round: Round, token: ApiAccess): Promise<void> {
  const { kubectl } = round.system.cluster;
  const { epoch } = await round.untilLeading();
  const sinceMs = Date.now();
  await bringToken(round, 'second');
  await kubectl(['delete', 'secret', 'first', '-n', systemNamespace]);
  await using client = createApiClient(token, 1);
  await until(
    'the former token is refused',
    async () => {
      const { status } = await client.call({ method: 'GET', path: '/version', signal: AbortSignal.timeout(5_000) });
      assert.equal(status, 401);
    },
    forgottenMs,
  );
  await round.submitBatch('with-the-next-token', burst);
  await untilRecorded(round, 'with-the-next-token-');
  const { rows } = await readRowHistory(round.installation.user);
  // Those that were told of the token before may still say so until their Jobs are seen.
  const refused = rows.filter(
    ({ atMs, before, after }) => atMs > sinceMs && after?.reason === 'Forbidden' && before?.reason !== 'Forbidden',
  );
  assert.deepEqual(refused, [], 'rows that were told of it');
  assert.equal((await round.untilLeading()).epoch, epoch, 'it has led all the time');
}

/**
 * Puts a new token into the kubeconfig file of each replica, whole at once; it ends with the Secret of that name.
 * Returns it as it is for the API server itself.
 */
async function bringToken({ system, replicas }: Round, secret: string, certificate?: string): Promise<ApiAccess> {
  const { kubectl, controlPlane } = system.cluster;
  await using directory = await scratchDirectory('kubeconfig');
  await kubectl(['create', 'secret', 'generic', secret, '-n', systemNamespace]);
  const bound = ['--bound-object-kind=Secret', `--bound-object-name=${secret}`, '--duration=24h'];
  const token = (await kubectl(['create', 'token', account, '-n', systemNamespace, ...bound])).trim();
  const access = { ...controlPlane.access, token };
  for (const { ways } of replicas) {
    const server = `https://127.0.0.1:${ways.api.port}`;
    const certificateAuthority = certificate ?? access.certificateAuthority;
    const path = await writeKubeconfig(join(directory.path, 'kubeconfig'), { server, certificateAuthority, token });
    await rename(path, ways.requests.kubeconfig);
  }
  return access;
}

async function untilUnwell({ replicas }: Round, words: RegExp): Promise<void> {
  for (const { readyz } of replicas) {
    await until('it says so itself', async () => assert.match((await readyz()).text, words), forgottenMs);
  }
}

async function untilWellAgain(round: Round, prefix: string): Promise<void> {
  const sinceMs = performance.now();
  await round.submitBatch(prefix, burst);
  await untilRecorded(round, prefix, recoveredMs);
  for (const { readyz } of round.replicas) {
    await until('it is ready', async () => assert.equal((await readyz()).status, 200), recoveredMs);
  }
  const tookMs = performance.now() - sinceMs;
  assert.ok(tookMs < recoveredMs, `${prefix}: after ${tookMs} ms`);
  round.note(`${prefix}: went on after ${Math.round(tookMs)} ms`);
}
