import assert from 'node:assert/strict';
import { createsJob } from '../../support/api-proxy.ts';
import { refusals } from '../../support/api-refusals.ts';
import { aNewTask, anInfo, readTask, type TaskRow } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';

const invalid = [
  {
    // nightwatch rounds fractions of a byte up before it compares them; the API server compares them exactly.
    name: 'refused-by-the-server',
    info: anInfo({ resources: { requests: { memory: '1.5' }, limits: { memory: '1.2' } } }),
    message: /spec\.template\.spec\.containers\[0\]\.resources\.requests.*memory limit/,
    creates: 1,
  },
  {
    name: 'refused-as-unknown-field',
    info: anInfo(),
    message: /strict decoding error: unknown field "spec\.parallel"/,
    creates: 0,
  },
  { name: 'refused-unread', info: anInfo({ hostNetwork: true }), message: /hostNetwork/, creates: 0 },
] as const;

export const invalidSpec: Fault = {
  number: 24,
  event: 'invalid spec: 422 of the API server, strict decoding, an unknown key',
  behaviour: 'Failed(InvalidSpec) at once with the field causes',
  isInEveryRun: true,
  async play(round) {
    const isStrictlyDecoded = (body: Buffer) => body.includes('refused-as-unknown-field');
    for (const { ways } of round.replicas) {
      ways.requests.intercept((request) => createsJob(request) && isStrictlyDecoded(request.body), {
        kind: 'answer',
        status: 400,
        body: JSON.stringify(refusals.strictDecoding),
      });
    }
    const { namespace } = round;
    await round.load.submit(
      invalid.map(({ name, info }) => aNewTask({ namespace, name, info })),
      { status: 'Failed', reason: 'InvalidSpec' },
    );
    for (const { name, message, creates } of invalid) {
      const row = await untilFailed(round, name);
      assert.match(row.message ?? '', message);
      assert.equal(row.job_uid, null);
      assert.equal(await createsOf(round, name), creates, name);
    }
  },
};

const wideEnough = 300;
const badNames = [
  ...['', 'Capital', 'under_score', 'white space', '任务', '-edge', 'edge-', 'two..dots', '.dot', "quo'te"],
  ...['n'.repeat(64), 'n'.repeat(wideEnough)],
];
const badNamespaces = ['Capital', 'with.dot', '名字'];

export const invalidName: Fault = {
  number: 26,
  event: 'name not DNS-1123, or over 63 characters',
  behaviour: 'Failed(InvalidName) before any API call',
  isInEveryRun: true,
  async play(round) {
    const { namespace, system } = round;
    // An owner may have made the column wider.
    await round.installation.user.query(`ALTER TABLE task MODIFY name VARCHAR(${wideEnough}) NOT NULL`);
    const tasks = [
      ...badNames.map((name) => aNewTask({ namespace, name })),
      ...badNamespaces.map((bad, index) => aNewTask({ namespace: bad, name: `elsewhere-${index}` })),
    ];
    await round.load.submit(tasks, { status: 'Failed', reason: 'InvalidName' });
    for (const { name } of tasks) await untilFailed(round, name);

    const requests = await system.cluster.auditedJobRequests();
    const asked = requests.filter((entry) => tasks.some(({ name }) => name !== '' && entry.name === name));
    assert.deepEqual(asked, [], 'requests about them');
    assert.deepEqual(new Set(requests.filter(({ verb }) => verb === 'create').map(({ code }) => code)), new Set([201]));
    assert.ok(requests.every((entry) => !badNamespaces.includes(entry.namespace)));
  },
};

function untilFailed({ installation }: Round, name: string): Promise<TaskRow> {
  const read = async () => {
    const row = await readTask(installation.user, name);
    assert.equal(row.status, 'Failed');
    return row;
  };
  return patiently(`'${name}' has failed`, read);
}

async function createsOf({ system }: Round, name: string): Promise<number> {
  const writes = await system.cluster.auditedJobWrites();
  return writes.filter((entry) => entry.verb === 'create' && entry.name === name).length;
}
