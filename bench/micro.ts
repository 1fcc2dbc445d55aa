import { median } from '../test/support/median.ts';
import { eventToStatus } from './micro/event-to-status.ts';
import { flushBuilding } from './micro/flush-building.ts';
import type { MicroPath } from './micro/micro-path.ts';
import { rowToManifest } from './micro/row-to-manifest.ts';
import { number } from './report/format.ts';
import { terminalTable } from './report/terminal.ts';

/*
 * `node bench/micro.ts`: what a row and an event cost in nightwatch's own code, without servers, within seconds.
 * ROUND_MS is how long each of the rounds lasts whose median is shown.
 */

const roundMs = Number(process.env.ROUND_MS ?? 300);
const rounds = 7;

const rows: string[][] = [];
for (const path of [rowToManifest, eventToStatus, flushBuilding]) {
  await playRound(path); // compiles it
  const costs: number[] = [];
  for (let round = 0; round < rounds; round += 1) costs.push(await playRound(path));
  const cost = median(costs);
  rows.push([
    path.name,
    `${number(cost)} µs`,
    `${number(Math.min(...costs))} to ${number(Math.max(...costs))}`,
    `${number(1e6 / cost)}`,
  ]);
}
console.log(terminalTable({ headers: ['', 'of one', 'by round', 'a second'], rows }));

/** Processor time of one row or event, in microseconds: unlike the time of day it says the same on a busy machine. */
async function playRound({ run, count }: MicroPath): Promise<number> {
  const endsAtMs = performance.now() + roundMs;
  const before = process.cpuUsage();
  let times = 0;
  do {
    await run();
    times += 1;
  } while (performance.now() < endsAtMs);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (times * count);
}
