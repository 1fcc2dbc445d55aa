import assert from 'node:assert/strict';
import type { Connection } from 'mysql2/promise';
import { countTasks } from '../../support/count-tasks.ts';
import { countLogged } from '../../support/replica-log.ts';
import { aNewTask, anInfo, readTask, readTasks } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';

/** The dead leader's lock has to run out first: 3 s, and a campaign. */
const takeoverMs = 6_000;
const page = 500;
const batch = 30;
/** Who waits for a held row waits for as long as it is held; on a busy machine a batch of Jobs alone takes seconds. */
const besideHeldMs = 6_000;

export const userTransactions: Fault = {
  number: 41,
  event:
    "a user's transaction holds one row, the lowest 500 that wait, a range by status; during batches and a takeover",
  behaviour: 'the other rows are not delayed, the takeover is in time, all catch up',
  flavours: ['mariadb', 'mysql'],
  isInEveryRun: true,
  setUp: { loadEveryMs: 300, settings: steadyLease, bounds: { untouchedMs: besideHeldMs } },
  async play(round) {
    await using users = new AsyncDisposableStack();
    const connect = async () => users.adopt(await round.installation.connect(), (connection) => connection.destroy());
    const [one, many, range] = [await connect(), await connect(), await connect()];

    await holdOne(round, one);
    await submitBeside(round, 'beside-one');
    await untilMadeJobs(round, 'beside-one');

    await takeOverWhileHeld(round, many);
    await submitBeside(round, 'beside-many');
    await untilMadeJobs(round, 'beside-many');
    assert.equal(await countTasks(round.installation.user, "name LIKE 'lowest-%' AND attempt > 0"), 0);
    assert.equal((await readTask(round.installation.user, 'held-1')).finished_at, null);

    // The statement that takes the range would wait for this row.
    await one.rollback();
    await holdRange(round, range);
    await range.rollback();
    await many.rollback();
  },
};

/** Holds a row whose Job has just been made, to its end and beyond. */
async function holdOne(round: Round, holder: Connection): Promise<void> {
  await round.submitBatch('held', 1, { info: anInfo({ life: 'succeed after 500ms' }) });
  const { id } = await patiently('it has a Job', async () => {
    const row = await readTask(round.installation.user, 'held-1');
    assert.ok(row.job_uid);
    return row;
  });
  await holder.beginTransaction();
  await holder.query('SELECT id FROM task WHERE id = ? FOR UPDATE', [id]);
}

/** Rows that nobody holds: the checker knows how soon they have to have their Jobs. */
async function submitBeside({ load, namespace }: Round, prefix: string): Promise<void> {
  const names = Array.from({ length: batch }, (_, index) => `${prefix}-${index + 1}`);
  const end = { status: 'Succeeded', isUntouched: true } as const;
  await load.submit(
    names.map((name) => aNewTask({ namespace, name })),
    end,
  );
}

async function untilMadeJobs({ installation: { user } }: Round, prefix: string): Promise<void> {
  const made = () => countTasks(user, 'name LIKE ? AND job_uid IS NOT NULL', [`${prefix}-%`]);
  await patiently(`all of ${prefix} have Jobs`, async () => assert.equal(await made(), batch));
}

/** The rows come, and are held, while nobody leads: so no leader has taken them before. */
async function takeOverWhileHeld(round: Round, holder: Connection): Promise<void> {
  const { load, namespace, installation } = round;
  const { leader, epoch } = await round.untilLeading();
  leader.process.kill('SIGKILL');
  const killedAtMs = performance.now();
  const names = Array.from({ length: page }, (_, index) => `lowest-${index + 1}`);
  // Only the first becomes a Job in the end: a namespace that is not allowed costs the cluster nothing.
  const [first, ...others] = names.map((name, index) =>
    aNewTask({ namespace: index === 0 ? namespace : 'elsewhere', name }),
  );
  await load.submit([first ?? aNewTask({ namespace })], { status: 'Succeeded' });
  await load.submit(others, { status: 'Failed', reason: 'NamespaceNotAllowed' });
  const ids = (await readTasks(installation.user, "name LIKE 'lowest-%'")).map(({ id }) => id);
  const range = [ids[0] ?? null, ids.at(-1) ?? null];
  // Without gaps: else they would hold more than these rows.
  await holder.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  await holder.beginTransaction();
  await holder.query('SELECT id FROM task FORCE INDEX (PRIMARY) WHERE id BETWEEN ? AND ? FOR UPDATE', range);

  const starting = round.startReplica();
  await round.untilLeading({ above: epoch, timeoutMs: takeoverMs });
  round.note(`took over after ${Math.round(performance.now() - killedAtMs)} ms beside ${page + 1} held rows`);
  await starting;
}

/** Holds the range of Pending rows, as a locking statement by status does in the isolation level that is the default. */
async function holdRange(round: Round, holder: Connection): Promise<void> {
  const { replicas, installation } = round;
  const { user } = installation;
  await round.submitBatch('ending', batch, { info: anInfo({ life: 'succeed after 3s' }) });
  const running = await patiently('some run', async () => {
    const rows = await readTasks(user, "name LIKE 'ending-%' AND status = 'Running'");
    assert.ok(rows.length > 0);
    return rows.map(({ id }) => id);
  });
  await holder.beginTransaction();
  await holder.query("SELECT id FROM task FORCE INDEX (nightwatch_normal) WHERE status = 'Pending' FOR UPDATE");
  // Of a higher priority than the rows that are held, so that the range does not keep its user from inserting it.
  await round.submitBatch('kept-out', 1, { priority: 10 });

  await patiently('what becomes of those is written all the same', async () => {
    assert.equal(await countTasks(user, "id IN (?) AND status <> 'Succeeded'", [running]), 0);
  });
  await patiently('the claim has waited', async () =>
    assert.ok((await countLogged(replicas, /Lock wait timeout/)) > 0),
  );
  assert.equal((await readTask(user, 'kept-out-1')).attempt, 0);
}
