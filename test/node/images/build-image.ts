import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry } from '../../support/cache-folder.ts';
import { ensurePackages } from '../../support/debian-packages.ts';
import { runCommand } from '../../support/run-command.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const buildTimeoutMs = 10 * 60_000;

/** What an image is made of. */
export interface ImageRecipe {
  readonly name: string;
  readonly dockerfile: string;
  /** The folder that the Dockerfile copies from. */
  readonly context: string;
  /** The files and folders of the context that end up in the image: it is made again when one of them changes. */
  readonly contents: readonly string[];
  readonly buildArguments?: Readonly<Record<string, string>>;
}

/**
 * Returns the folder of an image, as an OCI layout; builds it on first use, without Docker and without a daemon.
 * The image is kept in the cache folder under a hash of all that goes into it.
 */
export async function builtImage(recipe: ImageRecipe): Promise<string> {
  const hash = await hashOf(recipe);
  return cacheEntry(`image-${recipe.name}-${hash}`, (layout) => build(recipe, layout));
}

async function hashOf({ dockerfile, context, contents, buildArguments }: ImageRecipe): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(buildArguments ?? {}));
  hash.update(await readFile(dockerfile));
  for (const path of contents) await addToHash(hash, context, path);
  return hash.digest('hex').slice(0, 24);
}

async function addToHash(hash: ReturnType<typeof createHash>, context: string, path: string): Promise<void> {
  try {
    hash.update(`\0${path}\0`).update(await readFile(join(context, path)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
    for (const name of (await readdir(join(context, path))).sort()) await addToHash(hash, context, join(path, name));
  }
}

async function build(recipe: ImageRecipe, layout: string): Promise<void> {
  await ensurePackages(['buildah']);
  await using scratch = await scratchDirectory('image');
  process.stderr.write(`building the image ${recipe.name} …\n`);
  const { buildArguments = {} } = recipe;
  const buildah = ['buildah', '--root', join(scratch.path, 'root'), '--runroot', join(scratch.path, 'run')];
  const build = [
    ...[...buildah, '--storage-driver', 'overlay', 'build', '--isolation', 'chroot', '--network', 'host'],
    ...(await trustedAuthorities(scratch.path)),
    ...Object.entries(buildArguments).map(([name, value]) => `--build-arg=${name}=${value}`),
    ...['--file', recipe.dockerfile, '--tag', `oci:${layout}`, recipe.context],
  ];
  // Mounts of its own: not one is left of a build that was ended.
  await runCommand('unshare', ['--mount', ...build], { timeoutMs: buildTimeoutMs });
}

/** Where this machine needs certificates of its own to reach npm's registry, a build needs them too, the image not. */
async function trustedAuthorities(folder: string): Promise<readonly string[]> {
  const authorities = process.env.NODE_EXTRA_CA_CERTS;
  if (!authorities) return [];
  const npmrc = join(folder, 'npmrc');
  await writeFile(npmrc, 'cafile=/run/authorities.crt\n');
  return ['--volume', `${authorities}:/run/authorities.crt:ro`, '--volume', `${npmrc}:/root/.npmrc:ro`];
}
