import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AttemptRow, makeCleanUpDue, readAttempts } from '../support/attempt-rows.ts';
import { flavours } from '../support/database.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { type SubmittedRows, submittedRows } from '../support/submitted-rows.ts';
import { anInfo } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
const often = { NIGHTWATCH_WATCHERS: 'clean-up=@every 200ms' };
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(() => system[Symbol.asyncDispose]());

for (const flavour of flavours) {
  describe(`the Job of an attempt that has ended, on ${flavour}`, { timeout }, () => {
    let installation: RunningInstallation;
    let rows: SubmittedRows;

    before(async () => {
      installation = await system.install(flavour, { settings: often });
      rows = submittedRows(installation.user, installation.namespace);
    });

    after(() => installation[Symbol.asyncDispose]());

    it('is to be deleted after the time that the configuration or its row says, but not at once', async () => {
      await rows.submit('by-default', 'succeed', 'Succeeded');
      for (const [name, ttlSecondsAfterFinished] of [
        ['by-its-row', 600],
        ['at-once', 0],
      ] as const) {
        await rows.insert({ name, info: anInfo({ ttlSecondsAfterFinished }) });
        await rows.untilStatus(name, 'Succeeded');
      }

      const seconds = await Promise.all(
        ['by-default', 'by-its-row', 'at-once'].map(async (name) => {
          const { finished_at, clean_up_at } = await keptOf(name);
          return Math.round((Date.parse(clean_up_at ?? '') - Date.parse(finished_at ?? '')) / 1_000);
        }),
      );
      assert.deepEqual(seconds, [3_600, 600, 90]);
    });

    it('is deleted when its time has come, with its pods, and its row says what it said', async () => {
      await rows.submit('done', 'exit 3', 'Failed');
      await untilLogIsStored('done');
      const before = await rows.read('done');

      await makeCleanUpDue(installation.user, 'done');

      const kept = await untilCleanedUp('done');
      assert.deepEqual([kept.status, kept.exit_code, kept.ending], ['Failed', 3, 'CleanUp']);
      await until('Job and pods are gone', async () => {
        assert.ok(!(await isThere('done')));
        assert.equal(await system.cluster.kubectl(['get', 'pods', ...of('done'), '-o', 'name']), '');
      });
      assert.deepEqual(await rows.read('done'), before);
    });

    it('stays while its log is not stored', async () => {
      const row = await rows.submit('log-first', 'succeed', 'Succeeded');
      await untilLogIsStored('log-first');
      const later = 'clean_up_at = finished_at, log_due_at = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR';
      await installation.user.query(`UPDATE task_attempt SET ${later} WHERE attempt_id = ?`, [row.attempt_id]);
      await rows.submit('beside-it', 'succeed', 'Succeeded');
      await untilLogIsStored('beside-it');
      await makeCleanUpDue(installation.user, 'beside-it');
      await untilCleanedUp('beside-it');

      assert.ok(await isThere('log-first'));
      assert.notEqual((await keptOf('log-first')).clean_up_at, null);
    });

    it('stays while its attempt is open, whatever was kept of it already', async () => {
      const { attempt_id, id } = await rows.submit('still-open', 'hang');
      const values = "'Failed', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)";
      const from = 'SELECT attempt_id, id, row_key, attempt, job_namespace, job_name, job_uid';
      await installation.user.query(
        `INSERT INTO task_attempt (attempt_id, task_id, row_key, attempt, job_namespace, job_name, job_uid, status,
           finished_at, clean_up_at) ${from}, ${values} FROM task WHERE id = ?`,
        [id],
      );
      await until('it was looked at', async () => {
        const [kept] = await readAttempts(installation.user, 'attempt_id = ? AND clean_up_at > finished_at', [
          attempt_id,
        ]);
        assert.ok(kept && kept.ending === null);
      });

      assert.ok(await isThere('still-open'));
      assert.equal((await rows.read('still-open')).status, 'Running');
    });

    it('that somebody has deleted before is done with; another one of its name is left alone', async () => {
      await rows.submit('gone-before', 'succeed', 'Succeeded');
      await untilLogIsStored('gone-before');
      const { namespace } = installation;
      await system.cluster.kubectl(['delete', 'job', 'gone-before', '-n', namespace, '--wait']);
      await system.cluster.kubectl(['create', 'job', 'gone-before', '-n', namespace, '--image=alpine']);

      await makeCleanUpDue(installation.user, 'gone-before');

      await untilCleanedUp('gone-before');
      assert.ok(await isThere('gone-before'));
    });

    it('goes though its row has begun another attempt', async () => {
      const first = await rows.submit('repeated', 'succeed', 'Succeeded');
      await untilLogIsStored('repeated');
      await installation.user.query("UPDATE task SET status = 'Normal' WHERE name = 'repeated'");
      await until('the second attempt has ended', async () => {
        assert.deepEqual(
          [(await rows.read('repeated')).attempt, (await rows.read('repeated')).status],
          [2, 'Succeeded'],
        );
      });

      await installation.user.query('UPDATE task_attempt SET clean_up_at = finished_at WHERE attempt_id = ?', [
        first.attempt_id,
      ]);

      await until('only the second Job is there', async () => {
        const jobs = await readJobs(system.cluster, installation.namespace);
        const own = jobs.filter(({ name }) => name.startsWith('repeated')).map(({ uid }) => uid);
        assert.deepEqual(own, [(await rows.read('repeated')).job_uid]);
      });
    });

    function of(job: string): readonly string[] {
      return ['-n', installation.namespace, '-l', `job-name=${job}`];
    }

    async function isThere(name: string): Promise<boolean> {
      return (await readJobs(system.cluster, installation.namespace)).some((job) => job.name === name);
    }

    async function keptOf(name: string): Promise<AttemptRow> {
      const { attempt_id } = await rows.read(name);
      const [kept] = await readAttempts(installation.user, 'attempt_id = ?', [attempt_id]);
      return kept ?? assert.fail(`nothing was kept of ${name}`);
    }

    async function untilLogIsStored(name: string): Promise<void> {
      await until('its log is no longer due', async () => assert.equal((await keptOf(name)).log_due_at, null));
    }

    function untilCleanedUp(name: string): Promise<AttemptRow> {
      return until('its Job is deleted', async () => {
        const kept = await keptOf(name);
        assert.equal(kept.clean_up_at, null);
        return kept;
      });
    }
  });
}
