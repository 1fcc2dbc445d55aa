import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { countTasks } from '../support/count-tasks.ts';
import { assertNoOtherJobs, assertOneRecordedJobEach } from '../support/recorded-jobs.ts';
import { epochOf, type Replica, startReplica, untilLeading } from '../support/replicas.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { assertNoStaleWrite, type JournalEntry, keepTaskJournal, readTaskJournal } from '../support/task-journal.ts';
import { aNewTask, insertTasks, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const burstSize = 200;
const pauses = 2;
// Longer than the lease of 1.5 s by a second.
const pauseMs = 2_500;

describe('a leader that is paused for longer than its lease', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;
  let installation: Installation;

  before(async () => {
    system = resources.use(await startSystem());
    installation = resources.use(await system.prepare('mariadb'));
    await keepTaskJournal(installation.user);
  });

  after(() => resources.disposeAsync());

  it('changes no row after it wakes, and campaigns again or has ended', { timeout: 180_000 }, async (t) => {
    const random = seededRandom((line) => t.diagnostic(line));
    const { user, namespace } = installation;
    let replicas = [await startReplica(installation, 'replica-1'), await startReplica(installation, 'replica-2')];
    for (let round = 1; round <= pauses; round += 1) {
      const { leader, epoch, others } = await untilLeading(replicas);
      const names = Array.from({ length: burstSize }, (_, index) => `round-${round}-${index + 1}`);
      await insertTasks(
        user,
        names.map((name) => aNewTask({ namespace, name })),
      );
      const wanted = random.between(1, burstSize - 1);
      await until(`${wanted} creates`, async () => {
        const count = await countTasks(user, 'name LIKE ? AND job_uid IS NOT NULL', [`round-${round}-%`]);
        assert.ok(count >= wanted, `${count}`);
      });

      leader.process.kill('SIGSTOP');
      const pausedAtMs = performance.now();
      const next = await untilLeading(others, { above: epoch });
      await sleep(pauseMs - (performance.now() - pausedAtMs));
      const before = await readTaskJournal(user);
      leader.process.kill('SIGCONT');
      const came = await whatCameOf(leader);
      const open = () => countTasks(user, 'finished_at IS NULL');
      await until('all rows have ended', async () => assert.equal(await open(), 0), 60_000);

      t.diagnostic(`paused behind ${wanted} creates: the former leader ${came}`);
      const after = await readTaskJournal(user, before.at(-1)?.seq);
      assertNoneOfEpoch(after, epoch);
      assert.ok(next.epoch > epoch);
      replicas =
        came === 'campaigns again' ? replicas : [...others, await startReplica(installation, `again-${round}`)];
    }
    const rows = await readTasks(user);
    assert.ok(rows.every(({ status }) => status === 'Succeeded'));
    assertNoStaleWrite(await readTaskJournal(user));
    await assertOneRecordedJobEach(system.cluster, rows);
    await assertNoOtherJobs(system.cluster, rows);
  });
});

async function whatCameOf(replica: Replica): Promise<string> {
  return until(`${replica.name} campaigns again or has ended`, async () => {
    const { exitCode } = replica.process;
    if (exitCode !== undefined) {
      assert.notEqual(exitCode, 0, 'nobody asked it to end');
      return `ended with exit code ${exitCode}`;
    }
    const { text } = await replica.readyz();
    assert.match(text, /another replica/);
    assert.equal(await epochOf(replica), undefined);
    return 'campaigns again';
  });
}

function assertNoneOfEpoch(journal: readonly JournalEntry[], epoch: number): void {
  const stale = journal.filter(({ new_epoch }) => new_epoch <= epoch);
  assert.deepEqual(stale, [], `changes by the former leader, whose epoch was ${epoch}`);
}
