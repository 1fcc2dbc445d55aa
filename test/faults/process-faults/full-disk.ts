import assert from 'node:assert/strict';
import { join } from 'node:path';
import { countLogged } from '../../support/replica-log.ts';
import { untilLeading } from '../../support/replicas.ts';
import { smallDisk, smallDiskObstacle } from '../../support/small-disk.ts';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import { untilBack } from '../round/leadership.ts';
import type { Round } from '../round/round.ts';
import { untilRecorded } from '../round/until-recorded.ts';

const replicas = 2;
const burst = 40;

export const fullDisk: Fault = {
  number: 33,
  event: 'disk full under log output, in the middle of a change of leaders',
  behaviour: 'the service goes on',
  obstacle: smallDiskObstacle,
  setUp: { replicas: 0, loadEveryMs: 200, settings: { NIGHTWATCH_LOG_LEVEL: 'debug' } },
  async play(round) {
    const disk = round.own(await smallDisk());
    for (let replica = 1; replica <= replicas; replica += 1) {
      await round.startReplica({ logFile: join(disk.path, `log-${replica}`) });
    }
    await round.untilLeading();

    await disk.fill();
    await round.submitBatch('unlogged', burst);
    await changeLeader(round);
    await untilRecorded(round, 'unlogged');

    await disk.free();
    await changeLeader(round);
    await until('the log says that lines are missing', async () => {
      assert.ok((await countLogged(round.replicas, /log lines were dropped/)) > 0);
    });
  },
};

/** A healthy leader has next to nothing to say: one without Redis has, and so has its successor. */
async function changeLeader(round: Round): Promise<void> {
  const { leader, epoch, others } = await round.untilLeading();
  for (const way of leader.ways.redis) way.reset();
  await untilLeading(others, { above: epoch });
  for (const way of leader.ways.redis) way.pass();
  await untilBack(round, leader, epoch);
}
