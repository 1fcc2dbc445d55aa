import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { closeForJobs } from '../support/a-quota.ts';
import { flavours } from '../support/database.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { type SubmittedRows, submittedRows } from '../support/submitted-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
const missing = 'nightwatch-test-missing';
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`a task without a Job that runs, that its user cancels on ${flavour}`, { timeout }, () => {
    let installation: RunningInstallation;
    let rows: SubmittedRows;
    let full: string;

    before(async () => {
      full = await system.createNamespace();
      await closeForJobs(system.cluster, full);
      const namespaces = [await system.createNamespace(), full, missing];
      const settings = { NIGHTWATCH_WATCHERS: 'resync=@every 1s' };
      installation = await system.install(flavour, { namespaces, settings });
      rows = submittedRows(installation.user, installation.namespace);
    });

    after(async () => {
      await installation[Symbol.asyncDispose]();
    });

    it('after its end stays as it is, is told so, and can be run again', async () => {
      const ended = await rows.submit('ended', 'succeed', 'Succeeded');

      await rows.want('ended', 'Cancel');

      const row = await until('it is answered', async () => {
        const seen = await rows.read('ended');
        assert.match(seen.message ?? '', /had ended already/);
        return seen;
      });
      const { status, desired, finished_at, reason } = row;
      assert.deepEqual([status, desired, finished_at, reason], ['Succeeded', 'Run', ended.finished_at, null]);
      await installation.user.query("UPDATE task SET status = 'Normal' WHERE name = 'ended'");
      await until('it has run again', async () => {
        const seen = await rows.read('ended');
        assert.deepEqual([seen.status, seen.attempt, seen.message], ['Succeeded', 2, null]);
      });
    });

    it('before it is taken never runs', async () => {
      await rows.insert({ name: 'at-once', desired: 'Cancel' });

      const row = await rows.untilStatus('at-once', 'Cancelled');

      assert.deepEqual([row.attempt, row.desired, row.reason], [0, 'Run', 'Cancelled']);
      assert.equal(await isThere('at-once'), false);
    });

    it('while it is delayed or held never runs', async () => {
      await rows.insert({ name: 'delayed', not_before: '2100-01-01 00:00:00' });
      await rows.insert({ name: 'held', desired: 'Suspend' });
      await rows.untilStatus('delayed', 'Pending', 'Delayed');
      await rows.untilStatus('held', 'Suspended', 'Suspended');

      for (const name of ['delayed', 'held']) await rows.want(name, 'Cancel');

      for (const name of ['delayed', 'held']) {
        assert.equal((await rows.untilStatus(name, 'Cancelled')).attempt, 0);
      }
    });

    for (const [what, name, namespace, reason] of [
      ['room in a quota', 'quota', () => full, 'QuotaExceeded'],
      ['a namespace that is not there', 'nowhere', () => missing, 'Forbidden'],
    ] as const) {
      it(`while it waits for ${what} ends at once, without a Job`, async () => {
        await rows.insert({ name, namespace: namespace() });
        await rows.untilStatus(name, 'Pending', reason);

        await rows.want(name, 'Cancel');

        const row = await rows.untilStatus(name, 'Cancelled', undefined, 4_000);
        assert.deepEqual([row.job_uid, row.ending], [null, 'Cancelled']);
      });
    }

    for (const word of ['cancel', 'Cancel ', 'Stop']) {
      it(`by the word '${word}' is refused in the user's own client`, async () => {
        await rows.insert({ name: `word-${word.trim()}-${word.length}`, status: '' });

        const update = installation.user.query('UPDATE task SET desired = ? WHERE name LIKE ?', [word, 'word-%']);

        await assert.rejects(update, /constraint/i);
      });
    }

    async function isThere(job: string): Promise<boolean> {
      return (await readJobs(system.cluster, installation.namespace)).some(({ name }) => name === job);
    }
  });
}
