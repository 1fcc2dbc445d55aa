import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from 'mysql2/promise';
import { flavours } from '../support/database.ts';
import { aPlayedJob } from '../support/played-job.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { seedCreateTable } from '../support/seed-table.ts';
import { aNewTask, insertTasks, type NewTask, readTask, type TaskRow } from '../support/task-rows.ts';
import { until } from '../support/until.ts';
import { refusedRows, waitingRows } from './refused-rows/cases.ts';
import { denyPolicy, noJobsQuota } from './refused-rows/manifests.ts';

const timeout = 60_000;
/** How soon a row has its Job, whatever becomes of the row before it. */
const promptMs = 2_000;
let system: RunningSystem;

before(async () => {
  system = await startSystem();
  await system.cluster.kubectl(['apply', '-f', '-'], denyPolicy);
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`on ${flavour}, beside a healthy row that has its Job at once`, { timeout }, () => {
    let installation: RunningInstallation;
    let healthy = 0;

    before(async () => {
      const namespaces = [await system.createNamespace(), await system.createNamespace(), 'nightwatch-test-missing'];
      const settings = { NIGHTWATCH_IMAGES: 'alpine,registry.example.com/*' };
      installation = await system.install(flavour, { namespaces, settings, beforeMigrate: createWideTable });
    });

    after(async () => {
      await installation[Symbol.asyncDispose]();
    });

    for (const { what, task, reason, message } of refusedRows) {
      it(`a row with ${what} fails as ${reason}`, async () => {
        const row = await submitBesideHealthy(task, (seen) => assert.equal(seen.status, 'Failed'));

        assert.equal(row.reason, reason);
        assert.match(row.message ?? '', message);
        assert.equal(row.job_uid, null);
        assert.ok(row.finished_at);
      });
    }

    for (const { what, task, reason, message } of waitingRows) {
      it(`a row with ${what} waits as ${reason}`, async () => {
        const row = await submitBesideHealthy(task, (seen) => assert.equal(seen.reason, reason));

        assert.deepEqual([row.status, row.job_uid, row.finished_at], ['Pending', null, null]);
        assert.match(row.message ?? '', message);
        assert.ok(row.next_check_at);
      });
    }

    it('a row whose name a foreign Job has fails as NameConflict, and that Job stays as it is', async () => {
      const { namespace } = installation;
      const foreign = aPlayedJob({ name: 'somebodys', namespace, life: 'hang' });
      await system.cluster.kubectl(['create', '-f', '-'], JSON.stringify(foreign));
      const before = await readForeign(namespace);

      const row = await submitBesideHealthy({ name: 'somebodys' }, (seen) => assert.equal(seen.status, 'Failed'));

      assert.deepEqual([row.reason, row.job_uid], ['NameConflict', null]);
      assert.match(row.message ?? '', /not nightwatch's/);
      assert.deepEqual(await readForeign(namespace), before);
    });

    it('a row that finds the quota used up waits as QuotaExceeded, and goes on when there is room', async () => {
      const [, namespace = ''] = installation.namespaces;
      await applyQuota(namespace, 0);

      const task = { name: 'beyond-quota', namespace };
      const row = await submitBesideHealthy(task, (seen) => assert.equal(seen.reason, 'QuotaExceeded'));
      assert.deepEqual([row.status, row.job_uid], ['Pending', null]);
      assert.match(row.message ?? '', /exceeded quota/);
      await applyQuota(namespace, 1);

      await until('the row has succeeded', async () => {
        const seen = await readTask(installation.user, 'beyond-quota');
        assert.deepEqual([seen.status, seen.reason, seen.attempt], ['Succeeded', null, 1]);
      });
    });

    it("a row whose status is 'normal' is as good as one with 'Normal'", async () => {
      const row = await submitBesideHealthy({ name: 'lower-case', status: 'normal' }, (seen) => {
        assert.equal(seen.status, 'Succeeded');
      });

      assert.ok(row.job_uid);
    });

    it('a row with an empty status is none, until its user submits it', async () => {
      const { user } = installation;
      const row = await submitBesideHealthy({ name: 'not-yet', status: '' }, (seen) => assert.equal(seen.status, ''));
      assert.equal(row.attempt_id, null);

      await user.query("UPDATE task SET status = 'Normal' WHERE name = 'not-yet'");

      await until('it has succeeded', async () => {
        assert.equal((await readTask(user, 'not-yet')).status, 'Succeeded');
      });
    });

    /** Submits the row, then a healthy one; returns the row once it is as expected. */
    async function submitBesideHealthy(task: Partial<NewTask>, expect: (row: TaskRow) => void): Promise<TaskRow> {
      const { user, namespace } = installation;
      const subject = aNewTask({ name: 'subject', namespace, ...task });
      healthy += 1;
      const beside = aNewTask({ name: `healthy-${healthy}`, namespace });
      await insertTasks(user, [subject]);
      await insertTasks(user, [beside]);
      await until(
        'the healthy row has a Job',
        async () => assert.ok((await readTask(user, beside.name)).job_uid),
        promptMs,
      );
      const row = await until('the row is as expected', async () => {
        const seen = await readTask(user, subject.name);
        expect(seen);
        return seen;
      });
      if (subject.name === 'subject') await user.query("DELETE FROM task WHERE name = 'subject'");
      return row;
    }

    async function readForeign(namespace: string): Promise<unknown> {
      const job: unknown = JSON.parse(
        await system.cluster.kubectl(['get', 'job', 'somebodys', '-n', namespace, '-o', 'json']),
      );
      assert.ok(typeof job === 'object' && job !== null && 'metadata' in job && 'spec' in job);
      const { uid, labels, annotations, generation, deletionTimestamp } = job.metadata as Record<string, unknown>;
      return { uid, labels, annotations, generation, deletionTimestamp, spec: job.spec };
    }
  });
}

/** The seed's table with room for what should not fit. */
async function createWideTable(user: Connection): Promise<void> {
  await user.query(seedCreateTable);
  await user.query('ALTER TABLE task MODIFY name VARCHAR(300) NOT NULL, MODIFY info LONGTEXT NOT NULL');
}

/** Resolves when the API server counts Jobs by it. */
async function applyQuota(namespace: string, jobs: number): Promise<void> {
  const { kubectl } = system.cluster;
  await kubectl(['apply', '-n', namespace, '-f', '-'], noJobsQuota(jobs));
  const counted = `--for=jsonpath={.status.hard.count/jobs\\.batch}=${jobs}`;
  await kubectl(['wait', counted, '--timeout=30s', '-n', namespace, 'resourcequota/jobs']);
}
