import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiProxy, createsJob, startApiProxy } from '../support/api-proxy.ts';
import { flavours } from '../support/database.ts';
import type { ProxiedRequest } from '../support/interception.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { type SubmittedRows, submittedRows } from '../support/submitted-rows.ts';
import { anInfo } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
const endless = anInfo({ life: 'hang' });
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`a request to the API server that comes late on ${flavour}`, { timeout }, () => {
    const resources = new AsyncDisposableStack();
    let proxy: ApiProxy;
    let installation: Installation;
    let rows: SubmittedRows;

    before(async () => {
      proxy = resources.use(await startApiProxy(system.cluster));
      installation = resources.use(await system.prepare(flavour));
      rows = submittedRows(installation.user, installation.namespace);
    });

    after(() => resources.disposeAsync());

    it('makes a Job of a task that was cancelled meanwhile, which is removed and changes nothing', async () => {
      await using _former = await startThroughProxy();
      const held = proxy.intercept((request) => createsJob(request) && isAbout(request, 'late-create'), {
        kind: 'hold',
      });
      await rows.insert({ name: 'late-create', info: endless });
      await until('its create is under way', () => assert.equal(held.seen.length, 1));
      await rows.want('late-create', 'Cancel');
      const cancelled = await rows.untilStatus('late-create', 'Cancelled', undefined, 40_000);
      assert.equal(cancelled.job_uid, null);

      held.release();
      await until('the Job is made', () => assert.deepEqual(held.answers, [201]));

      await until('it is gone', async () => {
        assert.deepEqual(await readJobs(system.cluster, installation.namespace), []);
      });
      const row = await rows.read('late-create');
      assert.deepEqual([row.status, row.job_uid, row.finished_at], ['Cancelled', null, cancelled.finished_at]);
    });

    it('suspends a Job whose user let it go on meanwhile, and it goes on', async () => {
      await using _leader = await startThroughProxy();
      await rows.submit('late-suspend', 'hang');
      const held = proxy.intercept(isPatch, { kind: 'hold' }, 1);
      await rows.want('late-suspend', 'Suspend');
      await until('its suspension is under way', () => assert.equal(held.seen.length, 1));
      await rows.want('late-suspend', 'Run');

      held.release();

      await until('it was suspended, and resumed', async () => {
        assert.equal(held.answers[0], 200);
        const text = await system.cluster.kubectl([
          'get',
          'job',
          'late-suspend',
          '-n',
          installation.namespace,
          '-o',
          'json',
        ]);
        const { spec, status } = JSON.parse(text);
        assert.equal(spec.suspend, false);
        assert.ok(status.conditions?.some((condition: { type: string }) => condition.type === 'Suspended'));
      });
      const row = await rows.untilStatus('late-suspend', 'Running');
      assert.deepEqual([row.attempt, row.desired], [1, 'Run']);
    });

    it('of a former leader suspends no Job that was resumed since', async () => {
      const former = await startThroughProxy();
      const { job_uid } = await rows.submit('former-suspend', 'hang');
      const held = proxy.intercept(isPatch, { kind: 'hold' }, 1);
      await rows.want('former-suspend', 'Suspend');
      await until('its suspension is under way', () => assert.equal(held.seen.length, 1));
      former.process.kill('SIGKILL');
      await former.process.exited;
      await using _next = await installation.start();
      await rows.untilStatus('former-suspend', 'Suspended');
      await rows.want('former-suspend', 'Run');
      await rows.untilStatus('former-suspend', 'Running');

      held.release();

      await until('it was refused', () => assert.deepEqual(held.answers, [409]));
      const row = await rows.read('former-suspend');
      assert.deepEqual([row.status, row.job_uid], ['Running', job_uid]);
    });

    function startThroughProxy() {
      return installation.start({ kubeconfig: proxy.kubeconfig, settings: { NIGHTWATCH_CREATE_LEASE: '1s' } });
    }
  });
}

function isAbout({ body }: ProxiedRequest, name: string): boolean {
  return body.toString().includes(`"name":"${name}"`);
}

function isPatch({ method }: ProxiedRequest): boolean {
  return method === 'PATCH';
}
