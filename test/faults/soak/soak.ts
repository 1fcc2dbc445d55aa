import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { flavours } from '../../support/database.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import type { Fault } from '../fault.ts';
import { keepJournal } from '../keep-journal.ts';
import { playRound } from '../round/play-round.ts';
import type { Round } from '../round/round.ts';
import { disturbances, running } from './disturbances.ts';

/*
 * `make soak`: random faults one after the other, under load, and the whole history judged at the end.
 * FAULTS and MINUTES (50 and 15 unless told) say how many and for how long, SEED makes the same choices again.
 */

const faults = Number(process.env.FAULTS ?? 50);
const minutes = Number(process.env.MINUTES ?? 15);
const replicas = 3;

const soak: Fault = {
  number: 0,
  event: `${faults} random faults in ${minutes} minutes`,
  behaviour: 'nothing is lost',
  setUp: {
    replicas,
    loadEveryMs: 200,
    untouchedNamespaces: 0,
    bounds: { recoveryMs: 90_000 },
  },
  async play(round) {
    const beganAtMs = performance.now();
    for (let fault = 1; fault <= faults; fault += 1) {
      const names = Object.keys(disturbances);
      const name = names[round.random.between(0, names.length - 1)] ?? '';
      process.stdout.write(`${elapsed(beganAtMs)} fault ${fault}: ${name}\n`);
      await disturbances[name]?.(round);
      await replaceEnded(round);
      const dueAtMs = beganAtMs + (fault / faults) * minutes * 60_000;
      await sleep(Math.max(0, dueAtMs - performance.now()));
    }
  },
};

/** As Kubernetes does: a process that has ended is started again. */
async function replaceEnded(round: Round): Promise<void> {
  while (running(round).length < replicas) await round.startReplica();
}

function elapsed(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1_000).toFixed(0).padStart(4)} s`;
}

it(`loses nothing in ${minutes} minutes of random faults`, { timeout: (minutes + 10) * 60_000 }, async (t) => {
  const random = seededRandom((line) => t.diagnostic(line));
  const flavour = flavours[random.between(0, flavours.length - 1)] ?? 'mariadb';
  t.diagnostic(flavour);
  const result = await playRound(soak, { flavour, random });
  const { ms, row } = result.recovery;
  t.diagnostic(`${result.rows} rows, recovered after ${Math.round(ms)} ms, ${row} last`);
  if (result.findings.length === 0) return;
  const file = await keepJournal(`soak-${random.seed}`, result);
  assert.fail(
    `${result.findings.slice(0, 20).join('\n')}\nwhole history: ${file}\nagain: SEED=${random.seed} make soak`,
  );
});
