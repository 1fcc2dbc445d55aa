import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from 'mysql2/promise';
import { endPods } from '../support/end-pods.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { keepTaskJournal, readTaskJournal } from '../support/task-journal.ts';
import { aNewTask, anInfo, insertTasks, readTask, type TaskRow } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

/** How users get rid of rows that they insert again. */
const removals: readonly (readonly [name: string, remove: (user: Connection) => Promise<unknown>])[] = [
  ['deleted', (user) => user.query('DELETE FROM task')],
  ['truncated away', (user) => user.query('TRUNCATE TABLE task')],
];

describe('a row that is inserted again with the same id and name while its Job runs', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;

  before(async () => {
    system = resources.use(await startSystem());
  });

  after(() => resources.disposeAsync());

  for (const [how, remove] of removals) {
    it(`waits for that Job and gets its own (the row was ${how})`, { timeout: 90_000 }, async () => {
      await using installation = await system.install('mariadb', {
        settings: { NIGHTWATCH_WATCHERS: 'resync=@every 500ms' },
      });
      const { user, namespace } = installation;
      await keepTaskJournal(user);
      const task = aNewTask({ namespace, id: 7, name: 'again', info: anInfo({ life: 'hang' }) });
      await insertTasks(user, [task]);
      const old = await untilStatus(installation, 'Running');

      await remove(user);
      await insertTasks(user, [{ ...task, info: anInfo({ life: 'start 50ms; succeed after 100ms' }) }]);
      const waiting = await untilStatus(installation, 'Pending', 'NameConflict');
      assert.equal(waiting.job_uid, null);
      assert.notEqual(waiting.row_key, old.row_key);
      const jobs = await readJobs(system.cluster, namespace);
      assert.deepEqual(
        jobs.map(({ uid }) => uid),
        [old.job_uid],
        'the old Job is kept, and no other is made',
      );

      await endPods(system.cluster, { namespace, name: 'again' });
      const ended = await untilStatus(installation, 'Succeeded');

      assert.notEqual(ended.job_uid, old.job_uid);
      assert.equal(ended.attempt_id, waiting.attempt_id);
      const journal = await readTaskJournal(user);
      const newest = journal.filter(({ seq }) => seq > lastChangeOf(old, journal));
      assert.ok(
        newest.every(({ new_job_uid }) => new_job_uid !== old.job_uid),
        'it was never adopted by mistake',
      );
      assert.deepEqual(
        (await readJobs(system.cluster, namespace)).map(({ uid }) => uid),
        [ended.job_uid],
      );
    });
  }
});

function untilStatus({ user }: RunningInstallation, status: string, reason: string | null = null): Promise<TaskRow> {
  return until(
    `the row is ${status}`,
    async () => {
      const row = await readTask(user, 'again');
      assert.deepEqual([row.status, row.reason], [status, reason], JSON.stringify(row));
      return row;
    },
    // A name that is taken is tried again after half of the time that it has been so.
    40_000,
  );
}

/** The re-inserted row begins a journal of its own at attempt 1. */
function lastChangeOf(old: TaskRow, journal: Awaited<ReturnType<typeof readTaskJournal>>): number {
  const changes = journal.filter(({ new_job_uid }) => new_job_uid === old.job_uid);
  const again = journal.findLast(({ old_attempt, new_attempt }) => old_attempt === 0 && new_attempt === 1);
  assert.ok(again && changes.some(({ seq }) => seq < again.seq));
  return again.seq;
}
