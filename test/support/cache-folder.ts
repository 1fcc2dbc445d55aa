import { access, mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ownedDirectory, removeOrphanedDirectories } from './owned-directory.ts';

const draftPrefix = 'draft-';

/** The folder that keeps what tests have downloaded or prepared, between runs. */
export function cacheFolder(): string {
  const { NIGHTWATCH_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  return own || join(shared || join(homedir(), '.cache'), 'nightwatch');
}

/**
 * Returns an entry of the cache folder, made by `fill` if it is not there.
 * It appears whole or not at all: `fill` works in a directory beside it, which is renamed in the end. When two
 * processes make the same entry at once, the first to end wins and both use it.
 */
export async function cacheEntry(name: string, fill: (directory: string) => Promise<void>): Promise<string> {
  const folder = cacheFolder();
  const entry = join(folder, name);
  if (await exists(entry)) return entry;
  await mkdir(folder, { recursive: true });
  await removeOrphanedDirectories(folder, draftPrefix);
  await using draft = await ownedDirectory(folder, draftPrefix, name);
  await fill(draft.path);
  await publish(draft.path, entry);
  return entry;
}

async function publish(draft: string, entry: string): Promise<void> {
  try {
    await rename(draft, entry);
  } catch (error) {
    // Somebody else was faster: theirs is as good.
    if (!(await exists(entry))) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    // Absent, or unreadable: then making it fails with the better message.
    return false;
  }
}
