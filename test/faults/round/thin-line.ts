import assert from 'node:assert/strict';
import type { TcpProxy } from '../../support/tcp-proxy.ts';
import type { Round } from './round.ts';

/** Of what one direction could have passed meanwhile, what both together must have: else the line held nobody up. */
const leastShare = 0.5;

/** Makes the way to a server a thin line while `play` lasts, and asserts that it was what everything waited for. */
export async function throughThinLine(
  round: Round,
  way: TcpProxy,
  bytesPerSecond: number,
  play: () => Promise<void>,
): Promise<void> {
  way.limit(bytesPerSecond);
  const before = { bytes: way.passedBytes, atMs: performance.now() };
  await play();
  const seconds = (performance.now() - before.atMs) / 1_000;
  const bytes = way.passedBytes - before.bytes;
  way.limit(0);
  round.note(`${bytes} bytes passed through a line of ${bytesPerSecond} a second in ${seconds.toFixed(1)} s`);
  assert.ok(bytes > leastShare * seconds * bytesPerSecond, 'the line was not full');
}
