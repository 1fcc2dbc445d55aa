import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { atAbruptEnd } from '../support/abrupt-end.ts';
import { isAlive } from '../support/process-liveness.ts';

const prefix = 'nightwatch-node-';
const longestDeathMs = 10_000;

/** A control group, empty at first, for all that a node runs; gone with what was made in it at its disposal. */
export interface ControlGroup extends AsyncDisposable {
  /** As a kubelet is told of it: the path in every hierarchy. */
  readonly path: string;
}

/**
 * Makes a control group in every hierarchy of this machine: one in version 2, one for each controller in version 1.
 * Its owner ends its processes first. What a run that was killed outright has left is removed here.
 */
export async function createControlGroup(): Promise<ControlGroup> {
  const hierarchies = mountedHierarchies();
  await removeOrphans(hierarchies);
  const name = `${prefix}${process.pid}-${randomBytes(4).toString('hex')}`;
  const folders = hierarchies.map((hierarchy) => join(hierarchy, name));
  const remove = () => {
    for (const folder of folders) removeWhenEmpty(folder);
  };
  const abruptEnd = atAbruptEnd(remove);
  for (const folder of folders) mkdirSync(folder);
  return {
    path: `/${name}`,
    async [Symbol.asyncDispose]() {
      remove();
      abruptEnd[Symbol.dispose]();
    },
  };
}

/** The control groups that nodes have left behind; none, unless one runs or was killed outright. */
export function controlGroupsOfNodes(): readonly string[] {
  return mountedHierarchies().flatMap((hierarchy) =>
    readdirSync(hierarchy)
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(hierarchy, name)),
  );
}

function mountedHierarchies(): readonly string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return mounts.flatMap((line) => {
    const [, folder, type] = line.split(' ');
    return folder !== undefined && (type === 'cgroup' || type === 'cgroup2') ? [folder] : [];
  });
}

async function removeOrphans(hierarchies: readonly string[]): Promise<void> {
  for (const folder of hierarchies.flatMap((hierarchy) =>
    readdirSync(hierarchy).map((name) => join(hierarchy, name)),
  )) {
    const owner = ownerOf(basename(folder));
    if (owner !== undefined && !(await isAlive(owner))) removeWhenEmpty(folder);
  }
}

function ownerOf(name: string): number | undefined {
  if (!name.startsWith(prefix)) return undefined;
  const pid = Number.parseInt(name.slice(prefix.length), 10);
  return Number.isNaN(pid) ? undefined : pid;
}

/** Innermost first, as the kernel wants it. A process that was killed takes a moment to leave its group. */
function removeWhenEmpty(folder: string): void {
  const endsAtMs = performance.now() + longestDeathMs;
  for (;;) {
    try {
      removeTree(folder);
      return;
    } catch (error) {
      if (performance.now() > endsAtMs) throw error;
      pauseSynchronously(20);
    }
  }
}

function removeTree(folder: string): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(join(folder, entry.name));
    }
    rmdirSync(folder);
  } catch (error) {
    // Whoever made it in there may have removed it as well.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** At the end of the process nothing can be awaited. */
function pauseSynchronously(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}
