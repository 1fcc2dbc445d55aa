import { join } from 'node:path';
import { cachedImage } from './cached-image.ts';
import { nodeImage } from './node-image.ts';

const project = join(import.meta.dirname, '..', '..', '..');
const contents = ['.npmrc', 'LICENSE', 'migrations', 'package-lock.json', 'package.json', 'src'];

/** Returns the folder of the image of nightwatch, built by its own Dockerfile on a base that is made here. */
export async function nightwatchImage(): Promise<string> {
  const bases = { BASE: await nodeImage() };
  return cachedImage({
    name: 'nightwatch',
    dockerfile: join(project, 'Dockerfile'),
    context: project,
    contents,
    bases,
  });
}

if (import.meta.main) process.stdout.write(`${await nightwatchImage()}\n`);
