import { setTimeout as sleep } from 'node:timers/promises';
import { untilLogged } from '../../support/replica-log.ts';
import type { Fault } from '../fault.ts';
import { steadyLease } from '../round/steady-lease.ts';

const burst = 40;

export const restartedServer: Fault = {
  number: 12,
  event: 'API server restarted in order, by SIGKILL, and its etcd by SIGKILL',
  behaviour: 'the watch is rebuilt with back-off, no row is lost or fails for it',
  setUp: { settings: steadyLease },
  async play(round) {
    const { apiServer, etcd } = round.system.cluster.controlPlane;
    const { leader } = await round.untilLeading();
    await round.submitBatch('in-order', burst);
    await sleep(round.random.between(0, 300));
    await apiServer.restart();
    await untilLogged(leader, 'watch interrupted');
    await round.submitBatch('killed', burst);
    await sleep(round.random.between(0, 300));
    apiServer.kill('SIGKILL');
    await apiServer.start();
    await round.submitBatch('without-etcd', burst);
    await sleep(round.random.between(0, 300));
    etcd.kill('SIGKILL');
    await etcd.start();
  },
};
