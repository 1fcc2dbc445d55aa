import assert from 'node:assert/strict';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { countTasks } from '../../support/count-tasks.ts';
import type { Flavour } from '../../support/database.ts';
import { epochOf } from '../../support/replicas.ts';
import { anInfo } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import { connectToLook } from './connect-to-look.ts';

const burst = 40;

/** What keeps the accounts of the service and its users from writing; on MySQL the second kind is for everybody else. */
const variables: Readonly<Record<Flavour, string>> = { mariadb: 'read_only', mysql: 'super_read_only' };

export const readOnlyDatabase: Fault = {
  number: 8,
  event: 'MySQL turns read-only under open connections (failover)',
  behaviour: 'the pool is rotated; works again when a writable server is back',
  flavours: ['mariadb', 'mysql'],
  async play(round) {
    const looker = await connectToLook(round);
    await round.submitBatch('failover', burst, { info: anInfo({ life: 'start 100ms; succeed after 500ms' }) });
    await failOver(round, looker);

    // A server without work is asked only how it is.
    await round.load.stop();
    const { user } = round.installation;
    await patiently('there is no work left', async () =>
      assert.equal(await countTasks(user, 'finished_at IS NULL'), 0),
    );
    await failOver(round, looker);
  },
};

async function failOver(round: Round, looker: Connection): Promise<void> {
  const { flavour, replicas, system } = round;
  const server = await system.databaseServer(flavour);
  const { epoch } = await round.untilLeading();
  const former = await ownConnections(round, looker);
  assert.ok(former.size > replicas.length, 'the pools have connections');

  await server.runAsRoot([`SET GLOBAL ${variables[flavour]} = 1`]);
  await patiently('every replica says so, and none leads', async () => {
    const answers = await Promise.all(replicas.map((replica) => replica.readyz()));
    for (const { status, text } of answers) {
      assert.equal(status, 503, text);
      assert.match(text, /^\[-\]database the server is read-only/m);
    }
    assert.deepEqual(new Set(await Promise.all(replicas.map(epochOf))), new Set([undefined]));
  });
  // After a failover these would lead to the server that was the writable one.
  await patiently('no connection is left that was open before', async () => {
    const left = [...(await ownConnections(round, looker))].filter((id) => former.has(id));
    assert.deepEqual(left, [], 'connections that are left');
  });
  // With MySQL this leaves the weaker one of the two set.
  await server.runAsRoot([`SET GLOBAL ${variables[flavour]} = 0`, 'SET GLOBAL read_only = 0']);
  await round.untilLeading({ above: epoch });
}

const processes = z.array(z.object({ id: z.coerce.string() }));

/** The server's numbers of the connections that the replicas hold. */
async function ownConnections({ installation }: Round, looker: Connection): Promise<ReadonlySet<string>> {
  const { username } = new URL(installation.database.serviceUrl);
  const [rows] = await looker.query('SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = ?', [username]);
  return new Set(processes.parse(rows).map(({ id }) => id));
}
