import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { ticksPerSecond } from './process-use.ts';

/** What the machine's processors did in a span of time. */
export interface MachineUse {
  /** The share of the time in which a processor had work and the machine's host gave it none. */
  readonly steal: number;
  readonly idle: number;
  /** Processor seconds that there were, of all processors. */
  readonly seconds: number;
}

/** Begins a span; the returned function ends it. */
export async function measureMachine(): Promise<() => Promise<MachineUse>> {
  const before = await readTimes();
  return async () => {
    const after = await readTimes();
    const spans = after.map((time, index) => time - (before[index] ?? 0));
    const whole = spans.reduce((sum, span) => sum + span, 0);
    const share = (field: number) => (spans[field] ?? 0) / Math.max(1, whole);
    return { steal: share(stealField), idle: share(idleField) + share(waitField), seconds: whole / ticksPerSecond };
  };
}

const idleField = 3;
const waitField = 4;
const stealField = 7;

/** The fields of the first line: user, nice, system, idle, iowait, irq, softirq, steal; guests' are in user already. */
async function readTimes(): Promise<readonly number[]> {
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  return line
    .trim()
    .split(/\s+/)
    .slice(1, stealField + 2)
    .map(Number);
}

/** The machine in a sentence. */
export function describeMachine(): string {
  const [processor] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return `${cpus().length} × ${processor?.model ?? 'unknown processor'}, ${memory}, ${systemName()}, Linux ${release()}, Node ${process.version}`;
}

function systemName(): string {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown system';
  } catch {
    // Not every system has the file.
    return 'unknown system';
  }
}
