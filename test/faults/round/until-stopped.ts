import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { patiently } from './patience.ts';
import type { RoundReplica } from './round-replica.ts';

/** Waits until a process has been stopped, by SIGSTOP or its like. */
export async function untilStopped(replica: RoundReplica): Promise<void> {
  await patiently(`${replica.name} is stopped`, async () => assert.match(await readStatus(replica), stopped));
}

/** Neither stopped nor dead. */
export async function goesOn(replica: RoundReplica): Promise<boolean> {
  return replica.process.isRunning && !stopped.test(await readStatus(replica));
}

const stopped = /^State:\s+T/m;

/** Empty once the process is gone. */
function readStatus({ process }: RoundReplica): Promise<string> {
  return readFile(`/proc/${process.pid}/status`, 'utf8').catch(() => '');
}
