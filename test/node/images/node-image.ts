import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, realpath, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { cacheEntry } from '../../support/cache-folder.ts';
import { debianMirror, debianSuite, ensurePackages } from '../../support/debian-packages.ts';
import { runCommand } from '../../support/run-command.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { buildImage } from './build-image.ts';

const dockerfile = join(import.meta.dirname, 'node.Dockerfile');
const debootstrapTimeoutMs = 15 * 60_000;
// What Node is linked with, beyond what every Debian has.
const packages = 'libatomic1,ca-certificates';
const unread = ['usr/share/doc', 'usr/share/locale', 'usr/share/man', 'var/cache/apt', 'var/lib/apt/lists', 'var/log'];

/**
 * Returns the folder of an image with this Node, npm and a small Debian, as an OCI layout: a base to build on.
 * It is made on first use, from this machine's Debian mirror, in a minute or two.
 */
export async function nodeImage(): Promise<string> {
  await ensurePackages(['debootstrap']);
  const suite = await debianSuite();
  const npm = await npmFolder();
  const inputs = [suite, process.version, await readFile(join(npm, 'package.json'), 'utf8'), packages, ...unread];
  const hash = createHash('sha256')
    .update(JSON.stringify(inputs))
    .update(await readFile(dockerfile));
  return cacheEntry(`image-node-${hash.digest('hex')}`, (layout) => fill(layout, suite, npm));
}

async function fill(layout: string, suite: string, npm: string): Promise<void> {
  await using scratch = await scratchDirectory('debian');
  const debian = join(scratch.path, 'debian');
  await mkdir(debian);
  process.stderr.write('building the image node, from a Debian of its own (a minute or two) …\n');
  const bootstrap = ['debootstrap', '--variant=minbase', `--include=${packages}`, suite, debian, await debianMirror()];
  await runCommand('unshare', ['--mount', ...bootstrap], { timeoutMs: debootstrapTimeoutMs });
  for (const folder of unread) await rm(join(debian, folder), { recursive: true });
  await cp(process.execPath, join(scratch.path, 'node'));
  await cp(npm, join(scratch.path, 'npm'), { recursive: true });
  await buildImage({ dockerfile, context: scratch.path }, layout);
}

/** Where the machine's npm is: Node's package of npm has none. */
async function npmFolder(): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      return dirname(dirname(await realpath(join(folder, 'npm'))));
    } catch {
      // Not in this folder.
    }
  }
  throw new Error('no npm is on the PATH, and the base image needs one');
}
