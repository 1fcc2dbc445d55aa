import { join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { cachedImage } from './cached-image.ts';
import { nodeImage } from './node-image.ts';

const project = join(import.meta.dirname, '..', '..', '..');
const contents = ['.npmrc', 'LICENSE', 'migrations', 'package-lock.json', 'package.json', 'src'];

/**
 * Returns the folder of the image of nightwatch, built by its own Dockerfile on a base that is made here.
 * It runs where there is no shell, so every test on a node shows that it needs none.
 */
export async function nightwatchImage(): Promise<string> {
  const node = await nodeImage();
  const dockerfile = join(import.meta.dirname, 'runtime.Dockerfile');
  const empty = { context: import.meta.dirname, contents: [] };
  const runtime = await cachedImage({ name: 'runtime', dockerfile, ...empty, bases: { NODE: node } });
  const bases = { BASE: node, RUNTIME: runtime };
  const buildArguments = { VERSION: packageJson.version };
  return cachedImage({
    name: 'nightwatch',
    dockerfile: join(project, 'Dockerfile'),
    context: project,
    contents,
    buildArguments,
    bases,
  });
}

if (import.meta.main) process.stdout.write(`${await nightwatchImage()}\n`);
