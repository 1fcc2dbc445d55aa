import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseServer } from '../../support/database-server.ts';
import { countLogged } from '../../support/replica-log.ts';
import { anInfo } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';

const burst = 40;

/** How a server ends before it is started again. */
const endings: Readonly<Record<string, (server: DatabaseServer) => void>> = {
  'in-order': () => {}, // which is how it is restarted
  'by-sigkill': (server) => server.process.kill('SIGKILL'),
};

export const restartedDatabase: Fault = {
  number: 7,
  event: 'MySQL restart during a sync, in order and after kill -9',
  behaviour: 'passes fail and are retried; no exit; nothing lost',
  flavours: ['mariadb', 'mysql'],
  async play(round) {
    const server = await round.system.databaseServer(round.flavour);
    const { replicas } = round;
    for (const [how, end] of Object.entries(endings)) {
      // With the lean settings of tests a server forgets the last second when it is killed, which none may.
      await server.runAsRoot(['SET GLOBAL innodb_flush_log_at_trx_commit = 1']);
      const failedBefore = await countLogged(replicas, failures);
      await round.submitBatch(`restart-${how}`, burst, { info: anInfo({ life: 'start 100ms; succeed after 1s' }) });
      await sleep(round.random.between(0, 1_000));
      end(server);
      await server.restart();

      await patiently('every replica answers, and is ready again', async () => {
        const answers = await Promise.all(replicas.map((replica) => replica.readyz()));
        assert.ok(
          answers.every(({ status }) => status === 200),
          answers.map(({ text }) => text).join('\n'),
        );
      });
      assert.ok((await countLogged(replicas, failures)) > failedBefore, 'the restart was felt');
    }
  },
};

const failures = /"msg":"(pass failed|rows not written, trying again|not ready)"/;
