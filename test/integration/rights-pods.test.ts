import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readAttempts } from '../support/attempt-rows.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, anInfo, insertTasks, readTask, type TaskRow } from '../support/task-rows.ts';
import { until } from '../support/until.ts';
import { type Right, roleWithout } from './rights/deployed-role.ts';

const timeout = 120_000;
const podRights = ['list pods', 'watch pods', 'get pods/log', 'list events'] as const satisfies readonly Right[];

describe("the Role's look at pods", { timeout }, () => {
  const resources = new AsyncDisposableStack();
  const namespaces = new Map<Right, string>();
  let system: RunningSystem;
  let installation: RunningInstallation;
  /** Where nothing is missing. */
  let whole: string;

  before(async () => {
    system = resources.use(await startSystem());
    whole = await system.createNamespace();
    for (const right of podRights) {
      const namespace = await system.createNamespace();
      namespaces.set(right, namespace);
      await system.cluster.kubectl(['replace', '-n', namespace, '-f', '-'], await roleWithout(right));
    }
    installation = resources.use(await system.install('mariadb', { namespaces: [whole, ...namespaces.values()] }));
  });

  after(() => resources.disposeAsync());

  for (const verb of ['list', 'watch'] as const) {
    it(`needs to ${verb} them: without that a row does not say why they do not start, and readiness says so`, async () => {
      const lacking = namespaceWithout(`${verb} pods`);
      await until('it was tried', async () => {
        const { text } = await installation.nightwatch.readyz();
        assert.match(text, new RegExp(`${lacking}, pods: [^;]*cannot ${verb} resource "pods"`));
      });

      await submit(whole, `${verb}-whole`, 'image-not-found');
      await submit(lacking, `${verb}-lacking`, 'image-not-found');

      await untilRow(`${verb}-whole`, ({ reason }) => assert.equal(reason, 'ImagePull.NotFound'));
      await untilRow(`${verb}-lacking`, ({ reason }) => assert.equal(reason, 'WaitingForPods'));
      const { text } = await installation.nightwatch.readyz();
      assert.ok(!text.includes(`${whole}, pods`), text);
    });
  }

  it('needs to list them: without that a failed task ends without its exit code, and ends all the same', async () => {
    await submit(namespaceWithout('list pods'), 'fails', 'exit 3');

    const row = await untilRow('fails', ({ status }) => assert.equal(status, 'Failed'));

    assert.deepEqual([row.reason, row.exit_code], ['BackoffLimitExceeded', null]);
  });

  it('needs to get their logs: without that a log is not stored', async () => {
    // On a node that is not there: with the right that is the answer, and without it nobody gives one.
    const placed = 'succeed; stop 1ms';
    await submit(whole, 'log-whole', placed);
    await submit(namespaceWithout('get pods/log'), 'log-lacking', placed);
    for (const name of ['log-whole', 'log-lacking'])
      await untilRow(name, ({ status }) => assert.equal(status, 'Succeeded'));

    await until('what can be known of the one is', async () => {
      const { log_due_at, log_note } = await keptOf('log-whole');
      assert.equal(log_due_at, null);
      assert.match(log_note ?? '', /"nightwatch-test-node" not found/);
    });
    const { log_due_at, log_note } = await keptOf('log-lacking');
    assert.notEqual(log_due_at, null);
    assert.equal(log_note, null);
  });

  it('needs to list events: without that a row does not say why it gets no pods', async () => {
    const lacking = namespaceWithout('list events');
    for (const namespace of [whole, lacking])
      await system.cluster.kubectl(['create', 'quota', 'no-pods', '-n', namespace, '--hard=pods=0']);
    await submit(lacking, 'events-lacking', 'succeed');
    await submit(whole, 'events-whole', 'succeed');

    await untilRow('events-whole', ({ reason }) => assert.equal(reason, 'QuotaExceeded'));

    const { status, reason } = await readTask(installation.user, 'events-lacking');
    assert.deepEqual([status, reason], ['Pending', null]);
  });

  function namespaceWithout(right: (typeof podRights)[number]): string {
    return namespaces.get(right) ?? assert.fail(`no namespace may not ${right}`);
  }

  async function submit(namespace: string, name: string, life: string): Promise<void> {
    await insertTasks(installation.user, [aNewTask({ namespace, name, info: anInfo({ life }) })]);
  }

  function untilRow(name: string, expect: (row: TaskRow) => void): Promise<TaskRow> {
    return until(
      `row ${name} is as expected`,
      async () => {
        const row = await readTask(installation.user, name);
        expect(row);
        return row;
      },
      30_000,
    );
  }

  async function keptOf(name: string) {
    const { attempt_id } = await readTask(installation.user, name);
    const [kept] = await readAttempts(installation.user, 'attempt_id = ?', [attempt_id]);
    return kept ?? assert.fail(`nothing was kept of ${name}`);
  }
});
