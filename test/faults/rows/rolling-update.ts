import assert from 'node:assert/strict';
import { migrateInProcess } from '../../support/migrate-in-process.ts';
import { epochOf } from '../../support/replicas.ts';
import type { Fault } from '../fault.ts';
import { laterVersions, laterVersionVariable, migrationsOf } from '../process/later-versions.ts';
import { laterProgram } from '../process/node-arguments.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import type { RoundReplica } from '../round/round-replica.ts';
import { steadyLease } from '../round/steady-lease.ts';

export const rollingUpdate: Fault = {
  number: 43,
  event: 'rolling update: versions side by side, the schema migrated under the older ones',
  behaviour: 'they work or wait, not ready with SchemaBehind or SchemaAhead; nobody crashes',
  flavours: ['mariadb', 'mysql'],
  setUp: { loadEveryMs: 200, settings: steadyLease },
  async play(round) {
    const { leader, epoch } = await round.untilLeading();
    const later = await startVersion(round, laterVersions.fitting);
    await untilSays([later], 503, 'SchemaBehind');
    assert.notEqual(await epochOf(leader), undefined, 'the older one leads on');

    await migrateTo(round, laterVersions.fitting);
    await untilSays(round.replicas, 200, 'ok');
    await leader.process.stop();
    assert.equal(leader.process.exitCode, 0);
    const second = await round.untilLeading({ above: epoch });

    const latest = await startVersion(round, laterVersions.breaking);
    await untilSays([latest], 503, 'SchemaBehind');
    await migrateTo(round, laterVersions.breaking);
    const former = round.replicas.filter((replica) => replica !== latest && replica !== leader);
    await untilSays(former, 503, 'SchemaAhead');
    const third = await round.untilLeading({ above: second.epoch });
    assert.equal(third.leader, latest, 'the one that the schema fits leads');
    for (const { process, name } of former) assert.ok(process.isRunning, `${name} waits`);
  },
};

function startVersion(round: Round, version: string): Promise<RoundReplica> {
  return round.startReplica({ settings: { [laterVersionVariable]: version }, nodeArguments: laterProgram });
}

async function migrateTo({ installation }: Round, version: string): Promise<void> {
  await migrateInProcess(installation.database.adminUrl, migrationsOf(version));
}

async function untilSays(replicas: readonly RoundReplica[], readiness: number, words: string): Promise<void> {
  await patiently(`${replicas.map(({ name }) => name).join(', ')}: ${words}`, async () => {
    for (const { readyz } of replicas) {
      const { status, text } = await readyz();
      assert.equal(status, readiness, text);
      assert.match(text, new RegExp(`^\\[.\\]database.*${words}`, 'm'));
    }
  });
}
