import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { V1Job } from '@kubernetes/client-node';
import { suspendedAnnotation } from '../../src/task/annotations.ts';
import { taskIdLabel } from '../../src/task/labels.ts';
import { podSecurityLevels } from '../../src/task/policy.ts';
import { parseSpec } from '../../src/task/spec.ts';
import { readKubeconfig } from '../support/api-access.ts';
import { type ApiAnswer, type ApiClient, createApiClient } from '../support/api-client.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { fullSpec } from '../support/full-spec.ts';
import { createJobByHand } from '../support/hand-made-job.ts';
import { aNightwatchJob } from '../support/nightwatch-job.ts';
import { until } from '../support/until.ts';
import { forbiddenJobs } from './admission-policy/forbidden-jobs.ts';
import { rightSpecs, wrongSpecs } from './admission-policy/specs-of-rows.ts';

const timeout = 120_000;
const namespace = 'guarded';
const policyFile = join(import.meta.dirname, '../../deploy/validating-admission-policy.yaml');

describe('the policy that limits what nightwatch can create', { timeout }, () => {
  const resources = new AsyncDisposableStack();
  let cluster: Cluster;
  let nightwatch: ApiClient;

  before(async () => {
    cluster = resources.use(await startCluster({ apiServerArguments: ['--allow-privileged=true'] }));
    await cluster.allowNamespace(namespace);
    nightwatch = resources.use(createApiClient(await readKubeconfig(await cluster.kubeconfigFor()), 2));
    await untilRefused(changed(aNightwatchJob({ name: 'first', namespace }), { '/spec/template/spec/hostPID': true }));
  });

  after(() => resources.disposeAsync());

  for (const level of podSecurityLevels) {
    it(`lets every Job pass that nightwatch makes for a namespace that is ${level}`, async () => {
      const policy = { podSecurity: { [namespace]: level } };
      for (const spec of [{}, fullSpec]) {
        const { status, body } = await create(aNightwatchJob({ name: 'right', namespace, spec, policy }));
        assert.equal(status, 201, JSON.stringify(body));
      }
    });
  }

  for (const [what, spec] of rightSpecs) {
    it(`lets a Job pass that is made of a row with ${what}`, async () => {
      const text = JSON.stringify({ image: 'alpine', ...spec });
      assert.equal(parseSpec(text, text.length).result, 'valid');
      const { status, body } = await create(aNightwatchJob({ name: 'right', namespace, spec }));
      assert.equal(status, 201, JSON.stringify(body));
    });
  }

  for (const [what, spec, says] of wrongSpecs) {
    it(`never sees ${what}, which the API server would refuse`, async () => {
      const text = JSON.stringify({ image: 'alpine', ...spec });
      assert.equal(parseSpec(text, text.length).result, 'invalid');
      const { status, body } = await create(aNightwatchJob({ name: 'wrong', namespace, spec }));
      assert.equal(status, 422);
      assert.match(JSON.stringify(body), says);
    });
  }

  for (const { what, changes, says } of forbiddenJobs) {
    it(`refuses a Job with ${what}`, async () => {
      assertDenied(await create(changed(aNightwatchJob({ name: 'wrong', namespace }), changes)), says);
    });
  }

  it('refuses every Job in the namespaces of the cluster, though a Role allows it', async (t) => {
    if (cluster.external) return t.skip('kube-system of an external cluster is not ours to open');
    await cluster.allowNamespace('kube-system');

    assertDenied(
      await create(aNightwatchJob({ name: 'right', namespace: 'kube-system' })),
      /namespaces of the cluster/,
    );
  });

  it("refuses to delete a Job that is not nightwatch's", async () => {
    await createJobByHand(cluster, { name: 'foreign', namespace });

    assertDenied(await remove('foreign'), /only Jobs of nightwatch/);
    assert.equal((await create(aNightwatchJob({ name: 'own', namespace }), '')).status, 201);
    assert.equal((await remove('own')).status, 200);
  });

  it("lets a Job of nightwatch be suspended and resumed, and changes nothing else of one, and nothing of anybody's", async () => {
    await createJobByHand(cluster, { name: 'theirs', namespace });
    assert.equal((await create(aNightwatchJob({ name: 'changed', namespace, spec: fullSpec }), '')).status, 201);
    const suspended = (value: string | null) => ({ metadata: { annotations: { [suspendedAnnotation]: value } } });

    for (const [isSuspended, mark] of [
      [true, 'true'],
      [false, null],
    ] as const) {
      const { status, body } = await patch('changed', { ...suspended(mark), spec: { suspend: isSuspended } });
      assert.equal(status, 200, JSON.stringify(body));
    }
    assertDenied(await patch('theirs', { spec: { suspend: true } }), /only Jobs of nightwatch/);
    for (const change of forbiddenChanges) assertDenied(await patch('changed', change), /may be changed/);
  });

  it('leaves everybody else alone', async () => {
    const job = changed(aNightwatchJob({ name: 'wrong', namespace }), { '/spec/template/spec/hostPID': true });
    await cluster.kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(job));
  });

  it('can be tightened by the examples that it gives', async () => {
    const policy = await readFile(policyFile, 'utf8');
    const tightened = policy.replace(/# TIGHTEN[^"]*"([^"]+)".*?expression: "(?:true|false)"/gs, withExample);
    assert.doesNotMatch(tightened, /expression: "(?:true|false)"/);
    await cluster.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], tightened);
    const image = 'registry.example.com/a';
    await untilRefused(
      aNightwatchJob({ name: 'image', namespace, spec: { image: 'evil.test/registry.example.com/' } }),
    );

    const loosened = { podSecurity: { [namespace]: 'baseline' } } as const;
    const baseline = aNightwatchJob({ name: 'baseline', namespace, spec: { image }, policy: loosened });
    assertDenied(await create(baseline), /have to be restricted/);
    const account = aNightwatchJob({ name: 'account', namespace, spec: { image, serviceAccountName: 'other' } });
    assertDenied(await create(account), /service account is not allowed/);
    const { status, body } = await create(aNightwatchJob({ name: 'right', namespace, spec: fullSpec }));
    assert.equal(status, 201, JSON.stringify(body));
  });

  function create(job: V1Job, query = '&dryRun=All'): Promise<ApiAnswer> {
    const path = `/apis/batch/v1/namespaces/${job.metadata?.namespace}/jobs?fieldValidation=Strict${query}`;
    return nightwatch.call({ method: 'POST', path, body: job, signal: AbortSignal.timeout(10_000) });
  }

  function patch(name: string, body: object): Promise<ApiAnswer> {
    const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
    const contentType = 'application/merge-patch+json';
    return nightwatch.call({ method: 'PATCH', path, contentType, body, signal: AbortSignal.timeout(10_000) });
  }

  function remove(name: string): Promise<ApiAnswer> {
    const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
    return nightwatch.call({ method: 'DELETE', path, signal: AbortSignal.timeout(10_000) });
  }

  /** A policy is in force some time after it was applied. */
  async function untilRefused(job: V1Job): Promise<void> {
    await until('the policy is in force', async () => assertDenied(await create(job), /./));
  }
});

/** What the API server itself would let be changed of a Job. */
const forbiddenChanges: readonly object[] = [
  { spec: { parallelism: 7 } },
  { spec: { ttlSecondsAfterFinished: 1 } },
  { spec: { activeDeadlineSeconds: 999_999 } },
  { spec: { backoffLimit: 7 } },
  { metadata: { labels: { mine: 'a' } } },
  { metadata: { labels: { [taskIdLabel]: '2' } } },
  { metadata: { annotations: { mine: 'a' } } },
  { metadata: { finalizers: ['example.com/keep'] } },
];

function assertDenied({ status, body }: ApiAnswer, says: RegExp): void {
  const text = JSON.stringify(body);
  assert.equal(status, 422, text);
  assert.match(text, /ValidatingAdmissionPolicy 'nightwatch[a-z-]*' with binding 'nightwatch[a-z-]*' denied request/);
  assert.match(text, says);
}

/** Puts the example of a comment into the expression that it is about. */
function withExample(text: string, example: string): string {
  return text.replace(/"(?:true|false)"$/, JSON.stringify(example));
}

/** The Job with other values at these JSON pointers. */
function changed(job: V1Job, changes: Readonly<Record<string, unknown>>): V1Job {
  // Through JSON: the labels of Job and pods are one object before.
  const copy: V1Job = JSON.parse(JSON.stringify(job));
  for (const [pointer, value] of Object.entries(changes)) {
    const keys = pointer
      .split('/')
      .slice(1)
      .map((key) => key.replace('~1', '/'));
    const last = keys.pop() ?? '';
    const parent = keys.reduce((inner, key) => Object(inner)[key], copy as object);
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else Reflect.set(parent, last, value);
  }
  return copy;
}
