import { decideLaunch } from '../../src/task/decide-launch.ts';
import { aClaimedTask, aPolicy } from '../../test/support/builders.ts';
import type { MicroPath } from './micro-path.ts';

const count = 500;
const policy = aPolicy();
const tasks = Array.from({ length: count }, (_, index) => {
  return aClaimedTask({ taskId: String(index), jobName: `task-${index}` });
});

/** From a claimed row to the body of the create. */
export const rowToManifest: MicroPath = {
  name: 'row → manifest',
  count,
  run() {
    for (const task of tasks) {
      const decision = decideLaunch(task, policy);
      if (decision.decision === 'reject') throw new Error(decision.message);
      JSON.stringify(decision.job);
    }
  },
};
