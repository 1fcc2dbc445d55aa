import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedImage } from './cached-image.ts';
import { nightwatchImage } from './nightwatch-image.ts';

const context = join(import.meta.dirname, '..', '..', 'faults', 'process');

/** Returns the folder of the image of a later version of nightwatch, as fault tests make it. */
export async function laterVersionImage(): Promise<string> {
  const contents = (await readdir(context)).filter((name) => /^(later|replaced)-/.test(name));
  const bases = { NIGHTWATCH: await nightwatchImage() };
  const dockerfile = join(import.meta.dirname, 'later-version.Dockerfile');
  return cachedImage({ name: 'later-version', dockerfile, context, contents, bases });
}
