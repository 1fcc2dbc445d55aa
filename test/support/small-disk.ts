import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { atAbruptEnd } from './abrupt-end.ts';
import { runCommand } from './run-command.ts';
import { scratchDirectory } from './scratch.ts';

const sizeKiB = 64;
const blockBytes = 4_096;

/** A disk of a few kilobytes for text, which a test can fill. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Leaves no byte free, not even in the last block of a file that is there: that one is filled up with empty lines. */
  fill(): Promise<void>;
  /** Frees again what the filling took. */
  free(): Promise<void>;
}

/** Why there cannot be a small disk here; undefined where there can. */
export const smallDiskObstacle = process.getuid?.() === 0 ? undefined : 'only root can mount a small disk';

/** Mounts a disk in memory; whoever still has a file open on it at its disposal keeps that one. */
export async function smallDisk(): Promise<SmallDisk> {
  await using resources = new AsyncDisposableStack();
  const { path } = resources.use(await scratchDirectory('disk'));
  await runCommand('mount', ['-t', 'tmpfs', '-o', `size=${sizeKiB}k`, 'nightwatch-test', path]);
  const unmount = ['--lazy', path];
  const abruptEnd = atAbruptEnd(() => execFileSync('umount', unmount));
  resources.defer(async () => {
    await runCommand('umount', unmount);
    abruptEnd[Symbol.dispose]();
  });
  const filler = join(path, 'filler');
  const owned = resources.move();
  return {
    path,
    async fill() {
      const files = await readdir(path);
      await fillUp(filler);
      await Promise.all(files.map((name) => fillLastBlock(join(path, name))));
    },
    free: () => rm(filler),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function fillUp(file: string): Promise<void> {
  return writeUntilFull(file, Buffer.alloc(blockBytes));
}

/** Line by line, because whoever owns the file may write into its last block at the same time. */
function fillLastBlock(file: string): Promise<void> {
  return writeUntilFull(file, Buffer.from('\n'));
}

async function writeUntilFull(file: string, piece: Buffer): Promise<void> {
  await using handle = await open(file, 'a');
  const write = async () => {
    for (;;) await handle.write(piece);
  };
  await assert.rejects(write, { code: 'ENOSPC' });
}
