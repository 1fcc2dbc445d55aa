import assert from 'node:assert/strict';
import { z } from 'zod';
import { createsJob } from '../../support/api-proxy.ts';
import { refusals } from '../../support/api-refusals.ts';
import type { ProxiedRequest } from '../../support/interception.ts';
import { untilLogged } from '../../support/replica-log.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { RoundReplica } from '../round/round-replica.ts';
import { steadyLease } from '../round/steady-lease.ts';
import { untilRows } from '../round/until-rows.ts';

const burst = 60;
const waiting = 60;
const retryAfterSeconds = 2;
const waves = 4;
const mostInFlight = 16;
/** What belongs to one wave comes within this time. */
const waveMs = 1_000;

const slowDown = z.looseObject({ time: z.date(), concurrency: z.number() });

export const throttlingServer: Fault = {
  number: 13,
  event: 'API server answers 429 with Retry-After, to creates and looks alike',
  behaviour: 'one global pause, not a retry per row; concurrency lowered',
  // Rows of the load would find out first.
  setUp: { loadEveryMs: 0, settings: steadyLease },
  async play(round) {
    const { leader } = await round.untilLeading();
    const { requests } = leader.ways;
    // Rows of which it is not known whether they have a Job: each is looked for before it is created.
    const failing = requests.intercept(createsJob, {
      kind: 'answer',
      status: 500,
      body: JSON.stringify(refusals.webhookBroken),
    });
    await round.submitBatch('looked-for', waiting);
    await untilRows(round, 'looked-for-', { status: 'Pending', reason: 'ApiUnavailable' });
    const throttled = requests.intercept(isAboutOneJob, {
      kind: 'answer',
      status: 429,
      headers: { 'retry-after': String(retryAfterSeconds) },
      body: JSON.stringify(refusals.tooMany),
    });
    failing.stop();
    await patiently('a look was throttled', () => assert.ok(throttled.seen.some(({ method }) => method === 'GET')));
    await round.submitBatch('throttled', burst);
    const seen = await patiently('the server has answered 429 in several waves', async () => {
      const found = wavesOf(await slowDowns(leader));
      assert.ok(found.length >= waves);
      return found.slice(0, waves);
    });
    throttled.stop();
    round.note(`requests in each wave of 429: ${seen.map(({ length }) => length).join(', ')}`);
    await patiently('each of them has led to the one pause', async () => {
      assert.equal((await slowDowns(leader)).length, throttled.seen.length);
    });

    for (const wave of seen) assert.ok(wave.length <= mostInFlight, `${wave.length} creates in one wave`);
    const last = seen.at(-1) ?? [];
    assert.ok(last.length <= 1 + mostInFlight / 2 ** (waves - 1), `${last.length} creates in the last wave`);
    const pausesMs = seen.slice(1).map((wave, index) => startOf(wave) - startOf(seen[index] ?? []));
    for (const pauseMs of pausesMs) assert.ok(pauseMs >= retryAfterSeconds * 1_000, `a pause of ${pauseMs} ms`);
  },
};

/** A create, or a look for a Job by its name. */
function isAboutOneJob({ path }: ProxiedRequest): boolean {
  return /\/jobs(\?fieldValidation|\/)/.test(path);
}

async function slowDowns(replica: RoundReplica): Promise<readonly SlowDown[]> {
  const lines = await untilLogged(replica, 'the API server asks to slow down');
  return lines.map((line) => slowDown.parse(line));
}

type SlowDown = z.infer<typeof slowDown>;

function wavesOf(lines: readonly SlowDown[]): readonly (readonly SlowDown[])[] {
  const found: SlowDown[][] = [];
  for (const line of lines) {
    const wave = found.at(-1);
    if (wave && line.time.getTime() - startOf(wave) < waveMs) wave.push(line);
    else found.push([line]);
  }
  return found;
}

function startOf([first]: readonly SlowDown[]): number {
  return first?.time.getTime() ?? 0;
}
