import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startApiProxy } from '../support/api-proxy.ts';
import { readAttempts } from '../support/attempt-rows.ts';
import { flavours } from '../support/database.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { type SubmittedRows, submittedRows } from '../support/submitted-rows.ts';
import { aNewTask, anInfo, insertTasks } from '../support/task-rows.ts';

const timeout = 120_000;
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(() => system[Symbol.asyncDispose]());

const failures = [
  { life: 'exit 3', reason: 'ExitCode', exitCode: 3, message: /^exit code 3; Job has reached/ },
  { life: 'exit 143 after 300ms', reason: 'ExitCode', exitCode: 143, message: /^exit code 143 \(signal 15\)/ },
  { life: 'crash', reason: 'OOMKilled', exitCode: 137, message: /^exit code 137 \(signal 9\): OOMKilled/ },
  { life: 'evict after 200ms', reason: 'Evicted', exitCode: 137, message: /^Evicted: The node was low on resource/ },
  { life: 'rejected', reason: 'PodRejected', exitCode: null, message: /^OutOfcpu: Node did not have enough/ },
] as const;

for (const flavour of flavours) {
  describe(`a task that has ended, on ${flavour}`, { timeout }, () => {
    let installation: RunningInstallation;
    let rows: SubmittedRows;

    before(async () => {
      installation = await system.install(flavour);
      rows = submittedRows(installation.user, installation.namespace);
    });

    after(() => installation[Symbol.asyncDispose]());

    it('has exit code 0 when it has succeeded', async () => {
      const row = await rows.submit('succeeds', 'succeed', 'Succeeded');

      assert.deepEqual([row.exit_code, row.reason], [0, null]);
      assert.equal((await keptOf(row.attempt_id)).exit_code, 0);
    });

    it('says how its container ended when it has failed, and so does what is kept of the attempt', async () => {
      const { user, namespace } = installation;
      const nameOf = (life: string) => life.replaceAll(' ', '-');
      const tasks = failures.map(({ life }) => aNewTask({ namespace, name: nameOf(life), info: anInfo({ life }) }));
      await insertTasks(user, tasks);

      for (const { life, reason, exitCode, message } of failures) {
        const row = await rows.untilStatus(nameOf(life), 'Failed');
        assert.deepEqual([row.reason, row.exit_code], [reason, exitCode]);
        assert.match(row.message ?? '', message);
        const kept = await keptOf(row.attempt_id);
        assert.deepEqual([kept.reason, kept.message, kept.exit_code], [reason, row.message, exitCode]);
      }
    });

    it('says that it ran too long, and for what its pod waited', async () => {
      const info = anInfo({ life: 'image-not-found', deadlineSeconds: 2 });
      await rows.insert({ name: 'too-long', info });

      const row = await rows.untilStatus('too-long', 'Failed', 'DeadlineExceeded');

      assert.match(row.message ?? '', /deadline.*the pod waited: ImagePull.NotFound: .*not found/);
      assert.deepEqual([row.exit_code, row.started_at], [null, null]);
    });

    it('of several pods says how the last one ended', async () => {
      await rows.insert({ name: 'twice', info: anInfo({ life: 'exit 4', backoffLimit: 1 }) });

      const row = await rows.untilStatus('twice', 'Failed', undefined, 40_000);

      assert.deepEqual([row.reason, row.exit_code], ['ExitCode', 4]);
    });

    async function keptOf(attemptId: string | null) {
      const [kept] = await readAttempts(installation.user, 'attempt_id = ?', [attemptId]);
      return kept ?? assert.fail('nothing was kept');
    }
  });
}

describe('a task whose pods nobody can see', { timeout }, () => {
  it('ends all the same, soon and without its exit code', async () => {
    await using resources = new AsyncDisposableStack();
    const proxy = resources.use(await startApiProxy(system.cluster));
    const installation = resources.use(await system.prepare('mariadb'));
    await installation.start({ kubeconfig: proxy.kubeconfig });
    const rows = submittedRows(installation.user, installation.namespace);
    // From now on every question about pods hangs; the watch that is open tells of none that are still to come.
    const held = proxy.intercept(({ path }) => /\/pods\?/.test(path), { kind: 'hold' });
    proxy.cutWatches();

    const row = await rows.submit('fails-unseen', 'exit 3', 'Failed');

    held.stop();
    assert.deepEqual([row.reason, row.exit_code], ['BackoffLimitExceeded', null]);
  });
});
