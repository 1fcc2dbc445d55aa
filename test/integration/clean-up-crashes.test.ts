import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { crashPointVariable } from '../faults/process/crash-points.ts';
import { faultyProcess } from '../faults/process/node-arguments.ts';
import { makeCleanUpDue, readAttempts } from '../support/attempt-rows.ts';
import { flavours } from '../support/database.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type RunningSystem, startSystem } from '../support/running-system.ts';
import { submittedRows } from '../support/submitted-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
const often = { NIGHTWATCH_WATCHERS: 'clean-up=@every 200ms' };
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(() => system[Symbol.asyncDispose]());

for (const flavour of flavours) {
  describe(`a leader that dies while it cleans up, on ${flavour}`, { timeout }, () => {
    for (const point of [
      'before intendCleanUp 1',
      'after intendCleanUp 1',
      'before remove 1',
      'after remove 1',
      'before confirmCleanUp 1',
    ]) {
      it(`${point}: the next one goes on`, async () => {
        await using installation = await system.prepare(flavour);
        const rows = submittedRows(installation.user, installation.namespace);
        const settings = { ...often, NIGHTWATCH_KEEP_LOG: '0', [crashPointVariable]: point };
        const leader = await installation.start({ settings, nodeArguments: faultyProcess });
        await rows.submit('cleaned-up', 'succeed', 'Succeeded');
        await makeCleanUpDue(installation.user, 'cleaned-up');
        await leader.process.exited;

        await installation.start({ settings: often });

        await until('its Job is gone', async () => {
          const [kept] = await readAttempts(installation.user);
          assert.equal(kept?.clean_up_at, null);
          assert.deepEqual(await readJobs(system.cluster, installation.namespace), []);
        });
        assert.equal((await rows.read('cleaned-up')).status, 'Succeeded');
      });
    }
  });
}
