import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AuditEntry } from '../support/audit-log.ts';
import { countTasks } from '../support/count-tasks.ts';
import { assertCreatedOnce, assertOneRecordedJobEach, hasCreated } from '../support/recorded-jobs.ts';
import { type Replica, startReplica, untilLeading } from '../support/replicas.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { assertNoStaleWrite, keepTaskJournal, readTaskJournal } from '../support/task-journal.ts';
import { aNewTask, insertTasks, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const bursts = 5;
const burstSize = 500;
// The lease of the replicas under test.
const ttlMs = 1500;

describe('a leader that is killed', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;
  let installation: Installation;

  before(async () => {
    system = resources.use(await startSystem());
    installation = resources.use(await system.prepare('mariadb'));
    await keepTaskJournal(installation.user);
  });

  after(() => resources.disposeAsync());

  it('leaves no row behind and no second Job, whenever it is killed in a burst', { timeout: 400_000 }, async (t) => {
    const random = seededRandom((line) => t.diagnostic(line));
    const replicas = [await startReplica(installation, 'first'), await startReplica(installation, 'second')];
    const kills: Kill[] = [];
    for (let burst = 1; burst <= bursts; burst += 1) {
      await insertBurst(installation, burst);
      const { leader, others } = await untilLeading(replicas);
      const kill = await killAfterCreates(installation, leader, { burst, random });
      t.diagnostic(`burst ${burst}: ${leader.name} killed after ${kill.creates} creates`);
      kills.push(kill);
      const again = await startReplica(installation, `${leader.name}-${burst}`);
      replicas.splice(0, 2, ...others, again);
      await untilEnded(installation, burst);
    }

    const rows = await readTasks(installation.user);
    assert.deepEqual([...new Set(rows.map(({ status }) => status))], ['Succeeded']);
    await assertOneRecordedJobEach(system.cluster, rows);
    const writes = await system.cluster.auditedJobWrites();
    assertCreatedOnce(writes);
    assertNoStaleWrite(await readTaskJournal(installation.user));
    for (const kill of kills) assertGoesOnInTime(kill, writes);
  });
});

interface Kill {
  readonly burst: number;
  readonly creates: number;
  readonly replica: string;
  readonly atMs: number;
}

async function insertBurst({ user, namespace }: Installation, burst: number): Promise<void> {
  const names = Array.from({ length: burstSize }, (_, index) => `burst-${burst}-${index + 1}`);
  await insertTasks(
    user,
    names.map((name) => aNewTask({ namespace, name })),
  );
}

async function killAfterCreates(
  { user }: Installation,
  leader: Replica,
  { burst, random }: { readonly burst: number; readonly random: SeededRandom },
): Promise<Kill> {
  const wanted = random.between(1, burstSize - 1);
  const creates = await until(
    `${wanted} creates`,
    async () => {
      const count = await countTasks(user, 'name LIKE ? AND job_uid IS NOT NULL', [`burst-${burst}-%`]);
      assert.ok(count >= wanted, `${count}`);
      return count;
    },
    60_000,
  );
  const atMs = Date.now();
  leader.process.kill('SIGKILL');
  await leader.process.exited;
  return { burst, creates, replica: leader.name, atMs };
}

async function untilEnded({ user }: Installation, burst: number): Promise<void> {
  const open = () => countTasks(user, 'name LIKE ? AND finished_at IS NULL', [`burst-${burst}-%`]);
  await until(`all rows of burst ${burst} have ended`, async () => assert.equal(await open(), 0), 120_000);
}

/** What the dead leader had sent may be answered late, so creates are told apart by who sent them. */
function assertGoesOnInTime(kill: Kill, writes: readonly AuditEntry[]): void {
  const ofBurst = writes.filter((entry) => hasCreated(entry) && entry.name?.startsWith(`burst-${kill.burst}-`));
  const next = ofBurst.find(({ userAgent }) => !userAgent.includes(`(${kill.replica};`));
  // Killed so late that all it had claimed was on its way already.
  if (next === undefined) return;
  const delayMs = Date.parse(next.receivedAt) - kill.atMs;
  assert.ok(delayMs < ttlMs + 2_000, `burst ${kill.burst}: the next create came ${delayMs} ms after the kill`);
}
