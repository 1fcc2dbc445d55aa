import { createHash, type Hash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry, cacheFolder } from '../../support/cache-folder.ts';
import { buildImage, type ImageRecipe } from './build-image.ts';

const unusedForMs = 24 * 60 * 60_000;

export interface CachedImageRecipe extends ImageRecipe {
  readonly name: string;
  /** The files and folders of the context that end up in the image: it is built again when one of them changes. */
  readonly contents: readonly string[];
}

/**
 * Returns the folder of an image, as an OCI layout; builds it on first use.
 * It is kept in the cache folder under a hash of all that goes into it.
 */
export async function cachedImage(recipe: CachedImageRecipe): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([recipe.buildArguments, recipe.bases]));
  hash.update(await readFile(recipe.dockerfile));
  for (const path of recipe.contents) await addToHash(hash, recipe.context, path);
  const family = `image-${recipe.name}-`;
  const entry = await cacheEntry(`${family}${hash.digest('hex')}`, async (layout) => {
    process.stderr.write(`building the image ${recipe.name} …\n`);
    await removeUnused(family);
    await buildImage(recipe, layout);
  });
  const now = new Date();
  await utimes(entry, now, now);
  return entry;
}

/** Every edit of the sources makes another image: those go that nobody has wanted for a day. */
async function removeUnused(family: string): Promise<void> {
  const folder = cacheFolder();
  for (const name of (await readdir(folder)).filter((entry) => entry.startsWith(family))) {
    const path = join(folder, name);
    // Another run may be removing it as well.
    const usedAtMs = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.NaN,
    );
    if (usedAtMs < Date.now() - unusedForMs) await rm(path, { recursive: true, force: true });
  }
}

async function addToHash(hash: Hash, context: string, path: string): Promise<void> {
  try {
    hash.update(`\0${path}\0`).update(await readFile(join(context, path)));
  } catch (error) {
    // A folder counts by what is in it.
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
    for (const name of (await readdir(join(context, path))).sort()) await addToHash(hash, context, join(path, name));
  }
}
