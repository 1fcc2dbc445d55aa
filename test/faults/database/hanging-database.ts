import assert from 'node:assert/strict';
import { assertOneAtATime, countLogged, readTerms } from '../../support/replica-log.ts';
import { epochOf } from '../../support/replicas.ts';
import { anInfo, readTask } from '../../support/task-rows.ts';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { RoundReplica } from '../round/round-replica.ts';

const burst = 40;
/** A call ends after 5 s; a leader that could use the database for none of 15 s makes way. */
const callsEndMs = 15_000;
const makesWayMs = 30_000;

export const hangingDatabase: Fault = {
  number: 10,
  event: 'MySQL hangs (SIGSTOP)',
  behaviour: 'calls end at their deadline; the pool is not exhausted; leadership rules still hold',
  flavours: ['mariadb', 'mysql'],
  async play(round) {
    const { replicas } = round;
    const server = await round.system.databaseServer(round.flavour);
    const { epoch } = await round.untilLeading();
    await round.submitBatch('hang', burst, { info: anInfo({ life: 'start 100ms; succeed after 500ms' }) });

    server.process.kill('SIGSTOP');
    try {
      await untilNobodyLeads(replicas);
    } finally {
      // Whatever comes of it: users who wait for the server would keep the round from ending.
      server.process.kill('SIGCONT');
    }

    const goesOnMs = performance.now();
    await round.untilLeading({ above: epoch });
    await round.submitBatch('behind-the-hang', 1);
    await patiently('a row ends', async () => {
      assert.equal((await readTask(round.installation.user, 'behind-the-hang-1')).status, 'Succeeded');
    });
    round.note(`a row ended ${Math.round(performance.now() - goesOnMs)} ms after the database went on`);
    assertOneAtATime(await readTerms(replicas));
  },
};

async function untilNobodyLeads(replicas: readonly RoundReplica[]): Promise<void> {
  await until(
    'every replica says that the database does not answer',
    async () => {
      const answers = await Promise.all(replicas.map((replica) => replica.readyz()));
      for (const { text } of answers) assert.match(text, /^\[-\]database /m);
    },
    callsEndMs,
  );
  assert.ok((await countLogged(replicas, /no answer from the database within 5000 ms/)) > 0, 'no call has ended');
  await until(
    'the leader has made way, and nobody leads',
    async () => assert.deepEqual(new Set(await Promise.all(replicas.map(epochOf))), new Set([undefined])),
    makesWayMs,
  );
}
