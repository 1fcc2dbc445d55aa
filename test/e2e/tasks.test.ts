import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readAttempts } from '../support/attempt-rows.ts';
import { insertTasks, type NewTask, type TaskRow } from '../support/task-rows.ts';
import { until } from '../support/until.ts';
import { type Installation, install } from './installation.ts';
import { openPlatform, type Platform } from './platform.ts';
import { installForSeedRows, showSeedRows } from './seed-rows.ts';
import { readSurroundings } from './surroundings.ts';
import { untilTask } from './until-task.ts';

const timeout = 300_000;
const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
let platform: Platform;

before(async () => {
  platform = await openPlatform(readSurroundings());
});

after(async () => {
  await platform[Symbol.asyncDispose]();
});

describe("the seed's rows", { timeout }, () => {
  it('run as containers; the one whose Job is deleted dies, the other one sleeps its minute', async () => {
    await using installation = await installForSeedRows(platform);

    await showSeedRows(platform, installation);
  });
});

describe('a container that cannot do what its row asks', { timeout }, () => {
  let namespace: string;
  let installation: Installation;

  before(async () => {
    namespace = await platform.createNamespace('tasks', restricted);
    installation = await install(platform, { namespaces: [namespace] });
  });

  after(async () => {
    await installation[Symbol.asyncDispose]();
  });

  it('fails its row when it exits with 3', async () => {
    const row = await endOf('exits', { command: ['sh', '-c', 'echo it goes wrong; exit 3'] });

    assert.deepEqual([row.reason, row.exit_code], ['ExitCode', 3]);
    await until('the log is kept', async () => {
      const [kept] = await readAttempts(installation.user, 'attempt_id = ?', [row.attempt_id]);
      assert.deepEqual([kept?.log, kept?.exit_code], ['it goes wrong\n', 3]);
    });
  });

  it('fails its row when it needs more memory than its limit', async () => {
    const eatMemory = 'tail /dev/zero';
    const row = await endOf('eats', {
      command: ['sh', '-c', eatMemory],
      resources: { limits: { memory: '16Mi' }, requests: { memory: '16Mi' } },
    });

    assert.deepEqual([row.reason, row.exit_code], ['OOMKilled', 137]);
  });

  it('fails its row when there is no such command', async () => {
    const row = await endOf('calls', { command: ['no-such-command'] });

    assert.deepEqual([row.reason, row.exit_code], ['ContainerConfig', 128]);
    assert.match(row.message ?? '', /no-such-command/);
  });

  it('fails its row when it outlives its deadline', async () => {
    const row = await endOf('dawdles', { command: ['sleep', '1000'], deadlineSeconds: 3 });

    assert.equal(row.reason, 'DeadlineExceeded');
  });

  it('has its row wait, with a hint, when there is no such image', async () => {
    await insert('pulls', { image: 'example.com/no-such-image:1' });

    const row = await untilTask(installation.user, 'pulls', { status: 'Pending', reason: 'ImagePull.NotFound' });

    assert.match(row.message ?? '', /no-such-image/);
    assert.equal(row.started_at, null);
    await platform.kubectl(['delete', 'job', 'pulls', '-n', namespace]);
    await untilTask(installation.user, 'pulls', { status: 'Failed', reason: 'JobDeleted' });
  });

  async function insert(name: string, info: Readonly<Record<string, unknown>>): Promise<void> {
    const task = { name, namespace, info: JSON.stringify({ image: 'busybox', ...info }), status: 'Normal' };
    await insertTasks(installation.user, [task]);
  }

  async function endOf(name: string, info: Readonly<Record<string, unknown>>): Promise<TaskRow> {
    await insert(name, info);
    return untilTask(installation.user, name, { status: 'Failed' });
  }
});

describe('a namespace that lets no pod of nightwatch in', { timeout }, () => {
  it('has rows wait that its quota leaves no room for, and run when there is room', async () => {
    const namespace = await platform.createNamespace('tasks');
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'jobs' },
      spec: { hard: { 'count/jobs.batch': '0' } },
    };
    await platform.kubectl(['create', '-n', namespace, '-f', '-'], JSON.stringify(quota));
    await platform.kubectl([
      'wait',
      '-n',
      namespace,
      '--for=jsonpath={.status.hard}',
      'resourcequota/jobs',
      '--timeout=20s',
    ]);
    await using installation = await install(platform, { namespaces: [namespace] });
    const { user } = installation;
    await insertTasks(user, [aTrueTask('waits', namespace)]);

    await untilTask(user, 'waits', { status: 'Pending', reason: 'QuotaExceeded' });

    await platform.kubectl(['delete', 'resourcequota', 'jobs', '-n', namespace]);
    await untilTask(user, 'waits', { status: 'Succeeded' }, 90_000);
  });

  it('keeps rows Pending whose pods Pod Security refuses', async () => {
    const namespace = await platform.createNamespace('tasks', restricted);
    const config = { NIGHTWATCH_POD_SECURITY: { [namespace]: 'privileged' } };
    await using installation = await install(platform, { namespaces: [namespace], config });
    const { user } = installation;
    await insertTasks(user, [aTrueTask('waits', namespace)]);

    const row = await untilTask(user, 'waits', { status: 'Pending', reason: 'PodSecurity' });
    assert.match(row.message ?? '', /violates PodSecurity/);
    assert.equal(row.started_at, null);

    await platform.kubectl(['delete', 'job', 'waits', '-n', namespace]);
    await untilTask(user, 'waits', { status: 'Failed', reason: 'JobDeleted' });
  });
});

function aTrueTask(name: string, namespace: string): NewTask {
  return { name, namespace, info: '{"image":"busybox","command":["true"]}', status: 'Normal' };
}
