import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { crashPointVariable } from '../faults/process/crash-points.ts';
import { faultyProcess } from '../faults/process/node-arguments.ts';
import { readAttempts } from '../support/attempt-rows.ts';
import { flavours } from '../support/database.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { type SubmittedRows, submittedRows } from '../support/submitted-rows.ts';
import { assertNoStaleWrite, keepTaskJournal, readTaskJournal } from '../support/task-journal.ts';
import { anInfo, readTask } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
/** Short enough to be seen, long enough to see it. */
const backOff = { initialSeconds: 1, factor: 1, jitter: 0 };
const soon = { initialSeconds: 0 };
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(() => system[Symbol.asyncDispose]());

for (const flavour of flavours) {
  describe(`a task that is repeated by its policy, on ${flavour}`, { timeout }, () => {
    let installation: RunningInstallation;
    let rows: SubmittedRows;

    before(async () => {
      installation = await system.install(flavour);
      await keepTaskJournal(installation.user);
      rows = submittedRows(installation.user, installation.namespace);
    });

    after(() => installation[Symbol.asyncDispose]());

    it('waits, and is never Failed in between, until an attempt succeeds; each is kept', async () => {
      await insert('third-time', 'exit 3 after 50ms | exit 4 after 50ms | succeed after 50ms', {
        maxAttempts: 3,
        backOff,
      });
      const waiting = await rows.untilStatus('third-time', 'Pending', 'BackOff');
      assert.match(waiting.message ?? '', /^the next attempt starts after 1s.*ExitCode: exit code 3/);

      const row = await rows.untilStatus('third-time', 'Succeeded');

      assert.deepEqual([row.attempt, row.tries, row.setbacks, row.exit_code], [3, 2, 0, 0]);
      const journal = await readTaskJournal(installation.user);
      const statuses = new Set(journal.filter(({ task_id }) => task_id === row.id).map(({ new_status }) => new_status));
      assert.ok(statuses.has('Succeeded') && !statuses.has('Failed'), [...statuses].join(', '));
      assertNoStaleWrite(journal);
      const kept = await readAttempts(installation.user, 'task_id = ?', [row.id]);
      assert.deepEqual(
        kept.map(({ attempt, status, exit_code }) => [attempt, status, exit_code]),
        [
          [1, 'Failed', 3],
          [2, 'Failed', 4],
          [3, 'Succeeded', 0],
        ],
      );
      const jobs = await readJobs(system.cluster, installation.namespace);
      const own = jobs.filter(({ name }) => name.startsWith('third-time')).map(({ name }) => name);
      assert.equal(own.length, 3);
      assert.equal(new Set(kept.map(({ job_uid }) => job_uid)).size, 3);
    });

    it('fails as its last attempt did, once its attempts are used up', async () => {
      await insert('in-vain', 'exit 3 | exit 5', { maxAttempts: 2, backOff: soon });

      const row = await rows.untilStatus('in-vain', 'Failed', 'ExitCode');

      assert.deepEqual([row.attempt, row.exit_code, row.tries], [2, 5, 1]);
    });

    it('is not repeated for what its policy does not name', async () => {
      await insert('only-75', 'exit 3', { maxAttempts: 3, backOff: soon, on: [{ exitCodes: [75] }] });

      const row = await rows.untilStatus('only-75', 'Failed', 'ExitCode');

      assert.deepEqual([row.attempt, row.exit_code], [1, 3]);
    });

    it('uses up no attempt by what fails before its container has started', async () => {
      await insert('set-back', 'rejected | rejected | succeed', { maxAttempts: 1, backOff: soon });

      const row = await rows.untilStatus('set-back', 'Succeeded');

      assert.deepEqual([row.attempt, row.tries, row.setbacks], [3, 0, 2]);
    });

    it('is repeated after an eviction where its policy names the class', async () => {
      await insert('evicted', 'evict | exit 3', { maxAttempts: 5, backOff: soon, on: ['Infrastructure'] });

      const row = await rows.untilStatus('evicted', 'Failed', 'ExitCode');

      assert.deepEqual([row.attempt, row.exit_code], [2, 3]);
    });

    it("starts at once by its user's Normal, and counts anew", async () => {
      await insert('impatient', 'exit 3 | succeed', {
        maxAttempts: 2,
        backOff: { initialSeconds: 3_600, maximumSeconds: 3_600 },
      });
      await rows.untilStatus('impatient', 'Pending', 'BackOff');

      await installation.user.query("UPDATE task SET status = 'Normal' WHERE name = 'impatient'");

      const row = await rows.untilStatus('impatient', 'Succeeded');
      assert.deepEqual([row.attempt, row.tries], [2, 0]);
    });

    it('is cancelled while it waits', async () => {
      await insert('given-up', 'exit 3', { maxAttempts: 2, backOff: { initialSeconds: 3_600, maximumSeconds: 3_600 } });
      await rows.untilStatus('given-up', 'Pending', 'BackOff');

      await rows.want('given-up', 'Cancel');

      const row = await rows.untilStatus('given-up', 'Cancelled', 'Cancelled');
      assert.deepEqual([row.attempt, row.desired], [1, 'Run']);
    });

    it('is not touched by what its first attempt still does while the second runs', async () => {
      await insert('runs-again', 'exit 3 | hang', { maxAttempts: 2, backOff: soon });
      const second = await until('the second attempt runs', async () => {
        const row = await rows.untilStatus('runs-again', 'Running');
        assert.equal(row.attempt, 2);
        return row;
      });

      // Its end is told again, and then its deletion.
      await system.cluster.kubectl(['label', 'job', 'runs-again', '-n', installation.namespace, 'touched=late']);
      await system.cluster.kubectl(['delete', 'job', 'runs-again', '-n', installation.namespace, '--wait']);
      await rows.submit('after-it', 'succeed', 'Succeeded');

      assert.deepEqual(await readTask(installation.user, 'runs-again'), second);
    });

    async function insert(name: string, life: string, retry: object): Promise<void> {
      await rows.insert({ name, info: anInfo({ life, retry }) });
    }
  });

  describe(`a leader that dies between two attempts, on ${flavour}`, { timeout }, () => {
    for (const point of [
      'before recordRetry 1',
      'after recordRetry 1',
      'before claimNormal 2',
      'after claimNormal 2',
    ]) {
      it(`${point}: the next one makes exactly one more`, async () => {
        await using installation = await system.prepare(flavour);
        const rows = submittedRows(installation.user, installation.namespace);
        const retry = { maxAttempts: 2, backOff: soon };
        const dying = await installation.start({
          settings: { [crashPointVariable]: point },
          nodeArguments: faultyProcess,
        });
        await rows.insert({ name: 'repeated', info: anInfo({ life: 'exit 3 | succeed', retry }) });
        await dying.process.exited;

        await installation.start();

        const row = await rows.untilStatus('repeated', 'Succeeded', undefined, 30_000);
        assert.deepEqual([row.attempt, row.tries], [2, 1]);
        const kept = await readAttempts(installation.user);
        assert.deepEqual(
          kept.map(({ attempt, status }) => [attempt, status]),
          [
            [1, 'Failed'],
            [2, 'Succeeded'],
          ],
        );
        assert.equal((await readJobs(system.cluster, installation.namespace)).length, 2);
      });
    }
  });
}
