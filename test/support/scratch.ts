import { tmpdir } from 'node:os';
import { type OwnedDirectory, ownedDirectory, removeOrphanedDirectories } from './owned-directory.ts';

const prefix = 'nightwatch-test-';

let removalOfOrphans: Promise<void> | undefined;

/**
 * Creates a directory for one test or server under the system's temporary directory.
 * It is removed on disposal, and also when this process exits or is ended by a signal. What a run that was killed
 * outright left behind is removed by the first call of the next run.
 */
export async function scratchDirectory(name: string): Promise<OwnedDirectory> {
  removalOfOrphans ??= removeOrphanedDirectories(tmpdir(), prefix);
  await removalOfOrphans;
  return ownedDirectory(tmpdir(), prefix, name);
}
