import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Flavour } from '../support/database.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { Fault } from './fault.ts';
import { keepJournal } from './keep-journal.ts';
import { noteResult } from './results.ts';
import { playRound } from './round/play-round.ts';

const roundTimeoutMs = 300_000;

/** What `make faults` was asked for; without anything the few that every run of the tests has. */
const asked = {
  fault: process.env.FAULT,
  isAll: process.env.NIGHTWATCH_TEST_FAULTS === 'all',
  rounds: Number(process.env.ROUNDS ?? 1),
} as const;

/** Makes a test of each fault that was asked for, on each database that it has to be shown on. */
export function describeFaults(subject: string, faults: readonly Fault[]): void {
  describe(`faults of ${subject}`, () => {
    for (const fault of faults.filter(isAsked)) {
      for (const flavour of fault.flavours ?? ['mariadb']) {
        for (let round = 1; round <= asked.rounds; round += 1) {
          const title = `${fault.number}: ${fault.event}: ${fault.behaviour} (${flavour}${asked.rounds > 1 ? `, round ${round}` : ''})`;
          it(title, { timeout: roundTimeoutMs, skip: fault.obstacle ?? false }, (t) =>
            testRound(fault, flavour, (line) => t.diagnostic(line)),
          );
        }
      }
    }
  });
}

function isAsked({ number, isInEveryRun = false }: Fault): boolean {
  if (asked.fault !== undefined) return asked.fault.split(',').includes(String(number));
  return asked.isAll || isInEveryRun;
}

async function testRound(fault: Fault, flavour: Flavour, tell: (line: string) => void): Promise<void> {
  const random = seededRandom(tell);
  const result = await playRound(fault, { flavour, random });
  for (const note of result.notes) tell(note);
  const { ms, row } = result.recovery;
  tell(`${result.rows} rows, recovered after ${Math.round(ms)} ms, ${row} last`);
  await noteResult({ fault, flavour, seed: random.seed, result });
  if (result.findings.length === 0) return;
  const file = await keepJournal(`fault-${fault.number}-${random.seed}`, result);
  const again = `FAULT=${fault.number} SEED=${random.seed} make faults`;
  assert.fail(`${result.findings.slice(0, 20).join('\n')}\nwhole history: ${file}\nagain: ${again}`);
}
