import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePackages } from './debian-packages.ts';
import { scratchDirectory } from './scratch.ts';

// The dynamic linker fills the folder of the machine's architecture in. The C library's own memory allocation comes
// second: jemalloc's asks for the time while libfaketime asks it for memory.
const libraries = '/usr/$LIB/faketime/libfaketime.so.1 libc.so.6';

/** The wall clock of other programs on this machine, which a test can set. */
export interface FakedClock extends AsyncDisposable {
  /** The environment of a program that sees this clock. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on it is so far ahead of the machine's own; 0 as before. Whoever measures time spans notices nothing. */
  set(aheadMs: number): Promise<void>;
}

/** Makes a clock that is right until it is set, with Debian's libfaketime, which is installed if it is missing. */
export async function fakedClock(): Promise<FakedClock> {
  await ensurePackages(['faketime']);
  await using resources = new AsyncDisposableStack();
  const { path } = resources.use(await scratchDirectory('clock'));
  const file = join(path, 'offset');
  const set = async (aheadMs: number) => {
    const next = `${file}.next`;
    await writeFile(next, `${aheadMs < 0 ? '-' : '+'}${Math.abs(aheadMs) / 1_000}\n`);
    // Programs read it at any moment: never a half of it.
    await rename(next, file);
  };
  await set(0);
  const owned = resources.move();
  return {
    env: {
      LD_PRELOAD: libraries,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_NO_CACHE: '1',
    },
    set,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
