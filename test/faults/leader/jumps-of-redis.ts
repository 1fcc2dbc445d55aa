import assert from 'node:assert/strict';
import { fakedClock } from '../../support/faked-clock.ts';
import { type RedisServer, startRedis } from '../../support/redis.ts';
import { runCommand } from '../../support/run-command.ts';
import type { Round } from '../round/round.ts';
import { untilRecorded } from '../round/until-recorded.ts';

const burst = 30;
// The lease and a campaign, and time for a busy machine; far below the hour.
const takeoverMs = 10_000;

/** Lets the clock of the only Redis jump ahead and back under a leader, and back again when the leader has just died. */
export async function jumpsOfRedis(round: Round, byMs: number): Promise<void> {
  const clock = round.own(await fakedClock());
  const redis = [round.own(await startRedis({ env: clock.env }))];
  await round.startReplica({ redis });
  await round.startReplica({ redis });
  const { epoch } = await round.untilLeading();

  await round.submitBatch('redis-ahead', burst);
  await jump(byMs);
  const next = await round.untilLeading({ above: epoch, timeoutMs: takeoverMs });
  await untilRecorded(round, 'redis-ahead');

  await round.submitBatch('redis-back', burst);
  await jump(0);
  await untilRecorded(round, 'redis-back');

  await round.submitBatch('redis-behind', burst);
  const { leader, epoch: last } = await round.untilLeading();
  round.note(`epoch ${next.epoch} led when the clock of Redis went back an hour, ${last} behind that`);
  leader.process.kill('SIGKILL');
  await jump(-byMs);
  await round.startReplica({ redis });
  await round.untilLeading({ above: last, timeoutMs: takeoverMs });

  async function jump(aheadMs: number): Promise<void> {
    await clock.set(aheadMs);
    for (const server of redis) await assertAhead(server, aheadMs);
  }
}

async function assertAhead({ port }: RedisServer, aheadMs: number): Promise<void> {
  const { stdout } = await runCommand('redis-cli', ['-p', String(port), 'TIME']);
  const isAheadMs = Number(stdout.split('\n')[0]) * 1_000 - Date.now();
  assert.ok(Math.abs(isAheadMs - aheadMs) < 60_000, `Redis is ${isAheadMs} ms ahead`);
}
