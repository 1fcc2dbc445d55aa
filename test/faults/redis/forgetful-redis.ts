import assert from 'node:assert/strict';
import { assertOneAtATime, readTerms, untilTermSince } from '../../support/replica-log.ts';
import type { Fault } from '../fault.ts';

const burst = 30;
const restarts = 2;

export const forgetfulRedis: Fault = {
  number: 3,
  event: 'Redis restarted without persistence',
  behaviour: 'the leader steps down at its next renewal, a newcomer waits a TTL, no stale write',
  setUp: { loadEveryMs: 200 },
  async play(round) {
    const [server] = round.redis;
    assert.ok(server);
    for (let restart = 1; restart <= restarts; restart += 1) {
      const { epoch } = await round.untilLeading();
      await round.submitBatch(`before-${restart}`, burst);
      await server.restart({ keepData: false });
      await round.submitBatch(`behind-${restart}`, burst);
      await round.untilLeading({ above: epoch });

      const startedAtMs: number = server.process.startedAtMs;
      const { former, next } = await untilTermSince(round.replicas, startedAtMs);
      assertOneAtATime(await readTerms(round.replicas));
      assert.match(former?.reason ?? '', /lock is lost|lease ran out/);
      const waitedMs = next.beganAtMs - startedAtMs;
      // Redis tells its uptime in whole seconds: two of them may have been little more than one.
      assert.ok(waitedMs > 1_000, `the next term began after ${waitedMs} ms`);
      round.note(`the next term began ${waitedMs} ms after the restart`);
    }
  },
};
