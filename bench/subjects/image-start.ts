import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../test/support/cache-folder.ts';

/** With what the image starts nightwatch: flags of Node, and the environment. */
export interface ImageStart {
  readonly nodeArguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '../..');
const main = 'src/start.js';
const probe = join(import.meta.dirname, 'event-loop-probe.ts');
const runFile = promisify(execFile);

/** As the Dockerfile says; its compile cache is one of this machine, which is filled here as it is there. */
export async function startOfImage(): Promise<ImageStart> {
  const { nodeArguments, env } = parseDockerfile(await readFile(join(root, 'Dockerfile'), 'utf8'));
  const start = { nodeArguments, env: { ...env, NODE_COMPILE_CACHE: join(cacheFolder(), 'compile-cache') } };
  // With the probe: what it is compiled with would be counted as nightwatch's memory.
  await runFile(process.execPath, [...nodeArguments, '--import', probe, join(root, main), '--help'], {
    env: { ...process.env, ...start.env },
  });
  return start;
}

/** What the last stage of a Dockerfile sets, and the flags between `node` and the program. */
export function parseDockerfile(dockerfile: string): ImageStart {
  const lines = dockerfile.slice(dockerfile.lastIndexOf('\nFROM ')).split('\n');
  const entrypoint = lines.find((line) => line.startsWith('ENTRYPOINT ')) ?? '';
  const words: unknown = JSON.parse(entrypoint.slice('ENTRYPOINT '.length) || '[]');
  if (!Array.isArray(words) || words[0] !== 'node' || words.at(-1) !== main)
    throw new Error(`the image does not start ${main} with node: ${entrypoint}`);
  const settings = lines.map((line) => /^ENV (\w+)=(\S*)$/.exec(line)).filter((match) => match !== null);
  return {
    nodeArguments: words.slice(1, -1).map(String),
    env: Object.fromEntries(settings.map(([, name = '', value = '']) => [name, value])),
  };
}
