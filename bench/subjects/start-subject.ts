import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultLease } from '../../test/support/default-lease.ts';
import { type NightwatchOptions, startNightwatch } from '../../test/support/nightwatch-process.ts';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { type ServerProcess, startServerProcess } from '../../test/support/server-process.ts';
import type { Place } from '../stage/place.ts';
import type { ImageStart } from './image-start.ts';
import { jobTemplate } from './job-template.ts';

/** Programs that do the work, or the part of it that they stand for. */
export type SubjectName = 'nightwatch' | 'floor' | 'seed' | 'raw POSTs';

/** A program that works on a place: a process of its own, under nightwatch's service account. */
export interface RunningSubject extends AsyncDisposable {
  readonly name: SubjectName;
  readonly process: ServerProcess;
  /** Aborts with the end of its log when the process is gone. */
  readonly gone: AbortSignal;
}

/** What all subjects of a benchmark are started with. */
export interface SubjectSettings {
  readonly redisUrl: string;
  /** How the image starts nightwatch. */
  readonly image: ImageStart;
  /** How often new rows are looked for: the same for nightwatch and for the floor. */
  readonly intervalMs: number;
  readonly seedTickMs: number;
  /** How many Jobs the raw POSTs make. */
  readonly rawPosts: number;
  /** Where each process leaves a CPU profile when it ends; none unless told. */
  readonly profileFolder: string | undefined;
}

/** Starts a subject; resolves when it works. */
export async function startSubject(
  name: SubjectName,
  place: Place,
  settings: SubjectSettings,
): Promise<RunningSubject> {
  if (name !== 'nightwatch') return startProgram(name, place, settings);
  const nightwatch = await startNightwatch(nightwatchOptions(place, settings));
  const gone = endOf(name, nightwatch.process, () => nightwatch.log());
  return { name, process: nightwatch.process, gone, [Symbol.asyncDispose]: () => nightwatch[Symbol.asyncDispose]() };
}

/** nightwatch as its users run it, with the lease that they get and started as in the image. */
export function nightwatchOptions(
  { database, kubeconfig, namespace, otherNamespaces = [] }: Place,
  { redisUrl, image, intervalMs, profileFolder }: SubjectSettings,
): NightwatchOptions {
  return {
    databaseUrl: database.serviceUrl,
    redisUrls: [redisUrl],
    kubeconfig,
    namespaces: [namespace, ...otherNamespaces],
    nodeArguments: [...image.nodeArguments, ...profileArguments(profileFolder, 'nightwatch')],
    settings: {
      ...image.env,
      ...defaultLease,
      // One Redis serves all runs: each elects by a lock of its own.
      NIGHTWATCH_LOCK_NAME: database.name,
      NIGHTWATCH_DISPATCH_INTERVAL: `${intervalMs}ms`,
    },
  };
}

const shownLogBytes = 2_000;
const programs = { floor: 'floor.ts', seed: 'seed.ts', 'raw POSTs': 'raw-posts.ts' } as const;

async function startProgram(
  name: Exclude<SubjectName, 'nightwatch'>,
  place: Place,
  settings: SubjectSettings,
): Promise<RunningSubject> {
  await using resources = new AsyncDisposableStack();
  const { path: folder } = resources.use(await scratchDirectory('subject'));
  const templateFile = join(folder, 'job.json');
  const logFile = join(folder, 'log');
  await writeFile(templateFile, jobTemplate(place));
  const program = join(import.meta.dirname, '..', programs[name]);
  const process = resources.use(
    await startServerProcess({
      name,
      command: globalThis.process.execPath,
      args: [...profileArguments(settings.profileFolder, programs[name]), program],
      env: {
        KUBECONFIG: place.kubeconfig,
        BENCH_DATABASE_URL: place.database.serviceUrl,
        BENCH_NAMESPACE: place.namespace,
        BENCH_JOB_TEMPLATE: templateFile,
        BENCH_INTERVAL_MS: String(settings.intervalMs),
        BENCH_TICK_MS: String(settings.seedTickMs),
        BENCH_COUNT: String(settings.rawPosts),
      },
      logFile,
      ready: { logLine: /^ready$/m },
    }),
  );
  const owned = resources.move();
  const gone = endOf(name, process, () => readFile(logFile, 'utf8'));
  return { name, process, gone, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function endOf(name: SubjectName, process: ServerProcess, readLog: () => Promise<string>): AbortSignal {
  const gone = new AbortController();
  const tell = async () => {
    await process.exited;
    // Its folder may have gone with it, when it was told to end.
    const log = await readLog().catch(() => '');
    gone.abort(new Error(`${name} has ended by itself:\n${log.slice(-shownLogBytes)}`));
  };
  void tell();
  return gone.signal;
}

function profileArguments(folder: string | undefined, name: string): readonly string[] {
  return folder === undefined
    ? []
    : ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.\${pid}.cpuprofile`];
}
