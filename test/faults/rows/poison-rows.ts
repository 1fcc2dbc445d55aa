import assert from 'node:assert/strict';
import { z } from 'zod';
import { countTasks } from '../../support/count-tasks.ts';
import { aNewTask, anInfo, insertTasks } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';
import { largeInfos, poisonTasks } from './poison-tasks.ts';

const copies = 300;
const others = 30;
/** Poison that spoils the batch of others keeps them for good; on a busy machine its refusal alone takes seconds. */
const besidePoisonMs = 6_000;

export const poisonRows: Fault = {
  number: 36,
  event: 'poison rows: broken JSON, 64 KiB - 1 of it, 10 MB, wrong types, unicode, names that are none',
  behaviour: 'Failed with a reason; all other rows proceed at full speed',
  flavours: ['mariadb', 'mysql'],
  isInEveryRun: true,
  setUp: { untouchedNamespaces: 1, loadEveryMs: 300, settings: steadyLease, bounds: { untouchedMs: besidePoisonMs } },
  async play(round) {
    const { namespace, installation, load } = round;
    await widenLog(round);
    await installation.user.query('ALTER TABLE task MODIFY info MEDIUMTEXT NOT NULL');
    const poisoned = await submitPoison(round);
    await submitOthers(round);
    const env = { GREETING: '任务 😀 \u202e' };
    await load.submit([aNewTask({ namespace, name: 'harmless-unicode', info: anInfo({ env }) })], {
      status: 'Succeeded',
    });

    await patiently('all of the poison has failed', async () => {
      assert.equal(await countTasks(installation.user, 'finished_at IS NULL AND name IN (?)', [poisoned]), 0);
    });
    await assertSayWhy(round, poisoned);
  },
};

/** In the small redo log of a lean server 10 MB have no room: it would stand still for seconds, whoever wrote them. */
async function widenLog({ system, flavour }: Round): Promise<void> {
  const server = await system.databaseServer(flavour);
  const variable = flavour === 'mariadb' ? 'innodb_log_file_size' : 'innodb_redo_log_capacity';
  await server.runAsRoot([`SET GLOBAL ${variable} = ${256 * 1024 * 1024}`]);
}

/** Submits them at once, behind each other; returns their names. */
async function submitPoison({ namespace, load, installation: { user } }: Round): Promise<readonly string[]> {
  const copied = Array.from({ length: copies }, (_, index) => ({
    task: aNewTask({ namespace, name: `copy-${index + 1}`, info: '{'.repeat(10_000) }),
    reason: 'InvalidSpec',
  }));
  const small = [...poisonTasks(namespace), ...copied];
  const large = Object.entries(largeInfos);
  for (const { task, reason } of small) load.expect({ namespace, name: task.name, status: 'Failed', reason });
  for (const [name] of large) load.expect({ namespace, name, status: 'Failed', reason: 'InvalidSpec' });
  // Over a connection of their own: what takes long to insert must not keep the steady load waiting.
  await insertTasks(
    user,
    small.map(({ task }) => task),
  );
  for (const [name, info] of large) {
    const values = `VALUES (?, ?, ${info}, 'Normal')`;
    await user.query(`INSERT INTO task (name, namespace, info, status) ${values}`, [name, namespace]);
  }
  return [...small.map(({ task }) => task.name), ...large.map(([name]) => name)];
}

/** Rows behind all of that: the checker knows how soon they have to have their Jobs. */
async function submitOthers({ namespace, load }: Round): Promise<void> {
  const names = Array.from({ length: others }, (_, index) => `other-${index + 1}`);
  await load.submit(
    names.map((name) => aNewTask({ namespace, name })),
    { status: 'Succeeded', isUntouched: true },
  );
}

const said = z.array(z.object({ name: z.string(), message: z.string(), job_uid: z.null() }));

async function assertSayWhy({ installation: { user } }: Round, names: readonly string[]): Promise<void> {
  const [rows] = await user.query('SELECT name, message, job_uid FROM task WHERE name IN (?)', [names]);
  for (const { name, message } of said.parse(rows)) {
    assert.ok(message.length > 20 && message.length <= 1_000 && message.isWellFormed(), `${name}: ${message}`);
  }
}
