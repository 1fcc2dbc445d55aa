import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { atAbruptEnd } from './abrupt-end.ts';
import { isAlive } from './process-liveness.ts';

// A server that is just dying may still create a file while its directory is being removed.
const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 20 } as const;

/** A directory that exists until its disposal, or until this process ends. */
export interface OwnedDirectory extends AsyncDisposable {
  readonly path: string;
}

/** Creates `<folder>/<prefix><pid>-<name>-<random>`, which names the process that owns it. */
export async function ownedDirectory(folder: string, prefix: string, name: string): Promise<OwnedDirectory> {
  const path = join(folder, `${prefix}${process.pid}-${name}-${randomBytes(4).toString('hex')}`);
  const abruptEnd = atAbruptEnd(() => rmSync(path, removal));
  await mkdir(path, { mode: 0o700 });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, removal);
      abruptEnd[Symbol.dispose]();
    },
  };
}

/** Removes the owned directories whose process is gone: it was killed outright and could not do it itself. */
export async function removeOrphanedDirectories(folder: string, prefix: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    const owner = ownerOf(entry, prefix);
    if (owner === undefined || (await isAlive(owner))) continue;
    try {
      await rm(join(folder, entry), removal);
    } catch {
      // Another user's directory, or another run is removing it as well: not this run's trouble.
    }
  }
}

function ownerOf(entry: string, prefix: string): number | undefined {
  if (!entry.startsWith(prefix)) return undefined;
  const pid = Number.parseInt(entry.slice(prefix.length), 10);
  return Number.isNaN(pid) ? undefined : pid;
}
