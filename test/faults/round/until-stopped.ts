import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { patiently } from './patience.ts';
import type { RoundReplica } from './round-replica.ts';

/** Waits until a process has been stopped, by SIGSTOP or its like. */
export async function untilStopped({ name, process }: RoundReplica): Promise<void> {
  await patiently(`${name} is stopped`, async () => {
    assert.match(await readFile(`/proc/${process.pid}/status`, 'utf8'), /^State:\s+T/m);
  });
}
