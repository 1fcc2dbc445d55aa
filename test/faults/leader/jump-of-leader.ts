import assert from 'node:assert/strict';
import { readLog } from '../../support/replica-log.ts';
import { faultyProcess } from '../process/node-arguments.ts';
import { onSignalVariable, type SignalledFault } from '../process/obey-signal.ts';
import { untilBack, untilNobodyLeads } from '../round/leadership.ts';
import { hardMs } from '../round/lease.ts';
import type { Round } from '../round/round.ts';
import type { RoundReplica } from '../round/round-replica.ts';
import { untilRecorded } from '../round/until-recorded.ts';

const burst = 30;
// A stalled machine looks late, and a lease that no clock ends anymore would last for an hour.
const slackMs = 2_000;

/** Lets the clock of a leader jump in the middle of creates, and sees that its lease still ends in time. */
export async function jumpOfLeader(round: Round, byMs: number): Promise<void> {
  const fault: SignalledFault = `clock ${byMs}ms`;
  const replica = await round.startReplica({ settings: { [onSignalVariable]: fault }, nodeArguments: faultyProcess });
  const { epoch } = await round.untilLeading();
  await round.submitBatch(`leader${byMs}`, burst);
  replica.process.kill('SIGUSR2');
  // The step ahead looks as if the lease had run out.
  const came = byMs > 0 ? await untilBack(round, replica, epoch) : 'went on';
  await untilRecorded(round, `leader${byMs}`);
  round.note(`clock of the leader ${byMs} ms: it ${came}`);

  const { leader } = await round.untilLeading();
  for (const way of leader.ways.redis) way.silence();
  const silentAtMs = performance.now();
  await untilNobodyLeads(round);
  const lastedMs = performance.now() - silentAtMs;
  assert.ok(lastedMs < hardMs + slackMs, `the lease lasted ${lastedMs} ms`);
  await assertJumped(replica, byMs);
  for (const way of leader.ways.redis) way.pass();
  await leader.process.stop();
}

/** By what it has logged last: the end of its term, if nothing else. */
async function assertJumped(replica: RoundReplica, byMs: number): Promise<void> {
  const lines = await readLog(replica);
  const aheadMs = (lines.at(-1)?.time.getTime() ?? 0) - Date.now();
  assert.ok(Math.abs(aheadMs - byMs) < Math.abs(byMs) / 2, `${aheadMs} ms ahead`);
}
