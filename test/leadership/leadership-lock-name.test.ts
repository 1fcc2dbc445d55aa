import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startReplica, untilLeading } from '../support/replicas.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { submitBatch, untilBatch } from '../support/task-batch.ts';
import { until } from '../support/until.ts';

const mistyped = { NIGHTWATCH_LOCK_NAME: 'nightwacth' };

describe('a replica with a mistyped lock name', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;
  let installation: Installation;

  before(async () => {
    system = resources.use(await startSystem());
    installation = resources.use(await system.prepare('mariadb'));
  });

  after(() => resources.disposeAsync());

  it('never leads, and readiness says why, also when no other replica runs', { timeout: 60_000 }, async () => {
    const { user, database } = installation;
    const right = await startReplica(installation, 'right');
    const { epoch } = await untilLeading([right]);
    const wrong = await startReplica(installation, 'wrong', { settings: mistyped });
    const isRefused = async () => {
      const { status, text } = await wrong.readyz();
      assert.equal(status, 503);
      assert.match(text, new RegExp(`nightwacth.*${database.name}|${database.name}.*nightwacth`));
    };
    await until('it is not ready and names both locks', isRefused);
    await submitBatch(installation, { prefix: 'led-by-the-right-one', count: 5 });
    await untilBatch(user, { status: 'Succeeded' });

    await right.process.stop();
    await submitBatch(installation, { prefix: 'waiting', count: 5 });
    await until('it is refused still', isRefused);
    const again = await startReplica(installation, 'right-again');
    const next = await untilLeading([again, wrong], { above: epoch });

    assert.equal(next.leader.name, 'right-again');
    await untilBatch(user, { status: 'Succeeded' });
  });
});
