/** How large the parts of a benchmark are: the name in the environment, the whole benchmark's number, what it is. */
const settings = {
  pairs: ['PAIRS', 5, 'pairs of runs in scenarios 1 to 3'],
  warmUpRows: ['WARM_UP_ROWS', 200, 'rows that each subject takes to their end before anything is measured'],
  trickleRows: ['TRICKLE_ROWS', 64, 'rows of each run of the trickle, at 2 a second'],
  burstRows: ['BURST_ROWS', 4_000, 'rows of each burst'],
  stormJobs: ['STORM_JOBS', 3_000, 'Jobs of each status storm'],
  seedRows: ['SEED_ROWS', 4_000, "rows of the burst of the seed's algorithm"],
  seedJobs: ['SEED_JOBS', 1_000, "Jobs of the status storm of the seed's algorithm"],
  seedTrickleRows: ['SEED_TRICKLE_ROWS', 80, "rows of the trickle of the seed's algorithm"],
  seedTickMs: ['SEED_TICK_MS', 30_000, "the tick of the seed's algorithm"],
  finishedRows: ['FINISHED_ROWS', 10_000_000, 'rows of the largest table; the others have a tenth and a hundredth'],
  idleSeconds: ['IDLE_SECONDS', 60, 'for which an idle leader is watched'],
  shortTrickleRows: ['SHORT_TRICKLE_ROWS', 40, 'rows of a trickle on top of something else, at 4 a second'],
  unfinishedTasks: ['UNFINISHED_TASKS', 100_000, 'unfinished tasks'],
  failovers: ['FAILOVERS', 5, 'leaders that are killed, and that are told to stop'],
  waitingRows: ['WAITING_ROWS', 100_000, 'rows that wait'],
  duePerSecond: ['DUE_PER_SECOND', 20, 'of them that are looked at again each second'],
  passedRows: ['PASSED_ROWS', 100_000, "rows that pass under somebody's open snapshot"],
  stubJobs: ['STUB_JOBS', 20_000, 'Jobs of which a stub of an API server sends four events each'],
  controllerTasks: ['CONTROLLER_TASKS', 60, 'tasks whose Jobs the real controller completes'],
  intervalMs: ['INTERVAL_MS', 10, 'from one look for new rows to the next, of nightwatch and of the floor'],
  scenarioSeconds: ['SCENARIO_SECONDS', 600, 'after which a scenario is given up'],
} as const satisfies Readonly<Record<string, readonly [name: string, whole: number, what: string]>>;

export type Sizes = { readonly [Key in keyof typeof settings]: number };

/** A size in the environment is no whole number. */
export class SizeError extends Error {
  override readonly name = 'SizeError';
}

/** Reads the sizes that the environment changes; the others are those of the whole benchmark. */
export function readSizes(environment: Readonly<Record<string, string | undefined>>): Sizes {
  const entries = Object.entries(settings).map(([key, [name, whole]]) => [
    key,
    readSize(name, environment[name], whole),
  ]);
  return Object.fromEntries(entries) as Sizes;
}

/** Those that differ from the whole benchmark's, as they would be written in front of the command; empty for that one. */
export function changedSizes(sizes: Sizes): readonly string[] {
  return Object.entries(settings)
    .map(([key, [name, whole]]) => ({ name, whole, size: sizes[key as keyof Sizes] }))
    .filter(({ whole, size }) => size !== whole)
    .map(({ name, size }) => `${name}=${size}`);
}

/** All sizes as rows of a table: name, the whole benchmark's number, what it is. */
export function describeSizes(): readonly (readonly string[])[] {
  return Object.values(settings).map(([name, whole, what]) => [`\`${name}\``, String(whole), what]);
}

function readSize(name: string, given: string | undefined, whole: number): number {
  if (given === undefined || given === '') return whole;
  if (/^\d+$/.test(given)) return Number(given);
  throw new SizeError(`${name}=${given} is no whole number`);
}
