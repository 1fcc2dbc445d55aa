import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { nodeName } from '../../support/control-plane-files.ts';
import { until } from '../../support/until.ts';
import { install } from '../installation.ts';
import { insertLoad, showEveryTaskRanOnce } from '../load.ts';
import { startOwnNode } from '../own-node.ts';
import { openPlatform } from '../platform.ts';
import { untilTask } from '../until-task.ts';

const timeout = 600_000;
const outageMs = 10_000;

describe('a node whose parts fail one after the other', { timeout }, () => {
  it('loses no task and runs none twice', async () => {
    await using own = await startOwnNode();
    const { kubelet, containerd, cluster } = own.node;
    const { apiServer } = cluster.controlPlane;
    await using platform = await openPlatform(own.surroundings);
    const namespace = await platform.createNamespace('tasks');
    await using installation = await install(platform, { namespaces: [namespace] });
    const { user } = installation;
    const outages = {
      kubelet: async () => {
        await kubelet.stop();
        await delay(outageMs);
        await kubelet.start();
      },
      containerd: () => containerd.restart(),
      'api-server': async () => {
        await apiServer.stop();
        await delay(outageMs);
        await apiServer.start();
      },
      node: async () => {
        kubelet.kill('SIGSTOP');
        await until('the node is lost', () => nodeIs('Unknown'), 120_000);
        await delay(60_000);
        kubelet.kill('SIGCONT');
      },
    };
    let count = 0;
    for (const [name, happens] of Object.entries(outages)) {
      // One has a container already, the others are on their way.
      await insertLoad(user, namespace, 1, { name: `${name}-runs`, seconds: 30 });
      await untilTask(user, `${name}-runs-0`, { status: 'Running' });
      await insertLoad(user, namespace, 5, { name: `${name}-comes` });
      await happens();
      await until('the node is ready', () => nodeIs('True'), 60_000);
      count += 6;
      await showEveryTaskRanOnce(platform, user, namespace, count);
    }

    async function nodeIs(expected: 'True' | 'Unknown'): Promise<void> {
      const path = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}';
      assert.equal(await platform.kubectl(['get', 'node', nodeName, '-o', path]), expected);
    }
  });
});
