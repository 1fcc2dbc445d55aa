import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { readKubeconfig } from '../support/api-access.ts';
import { createApiClient } from '../support/api-client.ts';
import { createJobByHand } from '../support/hand-made-job.ts';
import { readInstallation } from '../support/installation-row.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { readLog } from '../support/replica-log.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, anInfo, insertTasks, readTask, type TaskRow } from '../support/task-rows.ts';
import { until } from '../support/until.ts';
import { type Right, readRole, rights, rightsOf, roleWithout } from './rights/deployed-role.ts';

const timeout = 120_000;

const resourceRule = z.object({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  verbs: z.array(z.string()),
});
const rulesReview = z.object({ status: z.object({ resourceRules: z.array(resourceRule) }) });

describe('the Role', { timeout }, () => {
  const resources = new AsyncDisposableStack();
  const namespaces = new Map<Right, string>();
  let system: RunningSystem;
  let installation: RunningInstallation;
  /** Where nothing is missing. */
  let whole: string;

  before(async () => {
    system = resources.use(await startSystem());
    whole = await system.createNamespace();
    const lacking = rights.map(async (right) => {
      const namespace = await system.createNamespace();
      namespaces.set(right, namespace);
      await system.cluster.kubectl(['replace', '-n', namespace, '-f', '-'], await roleWithout(right));
    });
    await Promise.all(lacking);
    installation = resources.use(await system.install('mariadb', { namespaces: [whole, ...namespaces.values()] }));
  });

  after(() => resources.disposeAsync());

  it('gives what the tests below need, and nothing else', async () => {
    assert.deepEqual(rightsOf((await readRole()).rules), new Set(rights));
    assert.deepEqual(rightsOf(await rightsIn(whole)), new Set(rights));
    assert.deepEqual(await rightsIn('default'), []);
  });

  it('is whole: a row has its Job, is followed to its end, and learns of a deletion', async () => {
    await submit(whole, 'succeeds', 'succeed');
    await untilRow('succeeds', ({ status }) => assert.equal(status, 'Succeeded'));
    await submit(whole, 'deleted', 'hang');
    await untilRow('deleted', ({ status }) => assert.equal(status, 'Running'));
    await deleteJob(whole, 'deleted');
    await untilRow('deleted', ({ status, reason }) => assert.deepEqual([status, reason], ['Failed', 'JobDeleted']));
    await submit(whole, 'doubled', 'hang');
    await untilGone(whole, await createLeftover(await untilRow('doubled', ({ job_uid }) => assert.ok(job_uid))));
  });

  it('needs create: without it a row waits, and says for what', async () => {
    await submit(namespaceWithout('create jobs'), 'needs-create', 'succeed');

    const row = await untilRow('needs-create', ({ reason }) => assert.equal(reason, 'Forbidden'));
    assert.deepEqual([row.status, row.job_uid], ['Pending', null]);
    assert.match(row.message ?? '', /cannot create resource "jobs".*has nightwatch its Role there\?/);
  });

  it('needs get: without it a row does not learn that its Job was deleted', async () => {
    const namespace = namespaceWithout('get jobs');
    await submit(namespace, 'needs-get', 'hang');
    await untilRow('needs-get', ({ status }) => assert.equal(status, 'Running'));
    await deleteJob(namespace, 'needs-get');

    await until('it was asked for in vain, twice', async () => {
      const requests = await system.cluster.auditedJobRequests();
      const gets = requests.filter(({ verb, name }) => verb === 'get' && name === 'needs-get');
      assert.ok(gets.length >= 2 && gets.every(({ code }) => code === 403), JSON.stringify(gets));
    });
    assert.equal((await readTask(installation.user, 'needs-get')).status, 'Running');
  });

  it('needs list: without it no Job of the namespace is followed, and readiness says so', async () => {
    await assertNotFollowed('list');
  });

  it('needs watch: without it no Job of the namespace is followed, and readiness says so', async () => {
    await assertNotFollowed('watch');
  });

  it('needs delete: without it a second Job of an attempt stays', async () => {
    const namespace = namespaceWithout('delete jobs');
    await submit(namespace, 'needs-delete', 'hang');
    const leftover = await createLeftover(await untilRow('needs-delete', ({ job_uid }) => assert.ok(job_uid)));

    await until('its removal was tried in vain', async () => {
      const lines = await readLog(installation.nightwatch);
      const tries = lines.filter(({ uid, outcome }) => uid === leftover && outcome === 'unknown');
      assert.ok(tries.length > 0);
    });
    assert.ok((await readJobs(system.cluster, namespace)).some(({ uid }) => uid === leftover));
  });

  it('needs patch: without it a held task runs on, and its row says so', async () => {
    await submit(whole, 'suspends', 'hang');
    await submit(namespaceWithout('patch jobs'), 'needs-patch', 'hang');
    for (const name of ['suspends', 'needs-patch']) {
      await untilRow(name, ({ status }) => assert.equal(status, 'Running'));
      await installation.user.query("UPDATE task SET desired = 'Suspend' WHERE name = ?", [name]);
    }

    await untilRow('suspends', ({ status }) => assert.equal(status, 'Suspended'));
    const row = await untilRow('needs-patch', ({ message }) => assert.match(message ?? '', /cannot patch resource/));
    assert.equal(row.status, 'Running');
  });

  async function assertNotFollowed(verb: 'list' | 'watch'): Promise<void> {
    const namespace = namespaceWithout(`${verb} jobs`);
    const name = `needs-${verb}`;
    await submit(namespace, name, 'succeed');
    await untilRow(name, ({ job_uid }) => assert.ok(job_uid));
    await system.cluster.kubectl(['wait', '--for=condition=Complete', '-n', namespace, `job/${name}`]);

    await until('readiness says so', async () => {
      const { text } = await installation.nightwatch.readyz();
      assert.match(text, new RegExp(`${namespace}: [^;]*cannot ${verb} resource "jobs"`));
    });
    assert.equal((await readTask(installation.user, name)).status, 'Pending');
  }

  function namespaceWithout(right: Right): string {
    return namespaces.get(right) ?? assert.fail(`no namespace may not ${right}`);
  }

  async function submit(namespace: string, name: string, life: string): Promise<void> {
    await insertTasks(installation.user, [aNewTask({ namespace, name, info: anInfo({ life }) })]);
  }

  function untilRow(name: string, expect: (row: TaskRow) => void): Promise<TaskRow> {
    return until(`row ${name} is as expected`, async () => {
      const row = await readTask(installation.user, name);
      expect(row);
      return row;
    });
  }

  async function deleteJob(namespace: string, name: string): Promise<void> {
    await system.cluster.kubectl(['delete', 'job', name, '-n', namespace, '--wait=false']);
  }

  /** A second Job of a row's attempt, as a late create makes one; returns its uid. */
  async function createLeftover(row: TaskRow): Promise<string> {
    const { id, name, namespace, row_key, attempt_id, attempt } = row;
    const { installation_id } = await readInstallation(installation.user);
    const own = { rowKey: row_key ?? '', attemptId: attempt_id ?? '', taskId: id, attempt };
    const labels = { installation: installation_id, ...own };
    return createJobByHand(system.cluster, { name: `${name}-twice`, namespace, labels });
  }

  async function untilGone(namespace: string, uid: string): Promise<void> {
    await until('the leftover is gone', async () => {
      const jobs = await readJobs(system.cluster, namespace);
      assert.ok(!jobs.some((job) => job.uid === uid && !job.isBeingDeleted));
    });
  }

  /** What nightwatch may do in a namespace beyond what everybody may. */
  async function rightsIn(namespace: string): Promise<readonly z.infer<typeof resourceRule>[]> {
    await using client = createApiClient(await readKubeconfig(await system.cluster.kubeconfigFor()), 1);
    const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
    const answer = await client.call({
      method: 'POST',
      path,
      body: { spec: { namespace } },
      signal: AbortSignal.timeout(10_000),
    });
    const { resourceRules } = rulesReview.parse(answer.body).status;
    return resourceRules.filter(({ resources }) => !resources.every((name) => name.startsWith('selfsubject')));
  }
});
