import { readFile } from 'node:fs/promises';

/** The unit of the kernel's times, the same on every Linux that Node runs on. */
export const ticksPerSecond = 100;
const userTimeField = 11;
const systemTimeField = 12;

/** The processor time that a process has used so far, all its threads, in seconds. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in parentheses, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[userTimeField]) + Number(fields[systemTimeField])) / ticksPerSecond;
}

export interface MemoryUse {
  readonly residentMb: number;
  readonly peakMb: number;
}

/** What a process holds in memory now, and held at most. */
export async function memoryUse(pid: number): Promise<MemoryUse> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1_024;
  return { residentMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') };
}

/** Begins to measure the processor time of some processes; the returned function tells how much each has used since. */
export async function measureCpu<Name extends string>(
  pids: Readonly<Record<Name, number>>,
): Promise<() => Promise<Readonly<Record<Name, number>>>> {
  const read = async () => Promise.all(Object.values<number>(pids).map(cpuSeconds));
  const before = await read();
  return async () => {
    const after = await read();
    const entries = Object.keys(pids).map((name, index) => [name, (after[index] ?? 0) - (before[index] ?? 0)]);
    return Object.fromEntries(entries) as Readonly<Record<Name, number>>;
  };
}
