import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry } from './cache-folder.ts';
import { runCommand } from './run-command.ts';

const sources = join(import.meta.dirname, '..', 'cluster');
const program = 'nightwatch-cluster';
const buildTimeoutMs = 45 * 60_000;
const heartbeatMs = 30_000;

// A control plane built without these says that it is v0.0.0, and clients stumble over that.
const versionPackages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
const version = Object.entries({ gitVersion: 'v1.36.3', gitMajor: '1', gitMinor: '36' });
const stamps = versionPackages.flatMap((place) => version.map(([name, value]) => `-X ${place}.${name}=${value}`));
const buildFlags = ['-trimpath', '-buildvcs=false', '-ldflags', ['-s', '-w', ...stamps].join(' ')];
// Nothing in it needs C, so neither does the machine that builds it.
const buildEnvironment = { CGO_ENABLED: '0' };

/** The test control plane cannot be built on this machine: the message says what to install. */
export class GoMissingError extends Error {
  override readonly name = 'GoMissingError';
}

/**
 * Returns the path of the program that holds the control plane's components and kubectl; builds it on first use.
 * The build is kept in the cache folder under a hash of all that goes into it. Progress goes to standard error.
 * Throws a GoMissingError without a usable Go, and a CommandError with the end of the log when the build fails.
 */
export async function clusterBinary(): Promise<string> {
  const hash = await hashOfInputs(await usableGoVersion());
  return join(await cacheEntry(`cluster-${hash}`, build), program);
}

async function usableGoVersion(): Promise<string> {
  const wanted = await wantedGoVersion();
  const advice = `the test control plane is built from source: install Go ${wanted} or newer and put it on the PATH`;
  try {
    const found = await goVersion();
    if (isAtLeast(found, wanted)) return found;
    throw new Error(`found ${found}`);
  } catch (cause) {
    throw new GoMissingError(advice, { cause });
  }
}

async function wantedGoVersion(): Promise<string> {
  const wanted = /^go (\S+)$/m.exec(await readFile(join(sources, 'go.mod'), 'utf8'))?.[1];
  if (wanted === undefined) throw new Error(`${join(sources, 'go.mod')} names no Go version`);
  return wanted;
}

/** Asks in the module's folder: there a recent Go fetches, by itself, the one that the module wants. */
async function goVersion(): Promise<string> {
  const { stdout } = await runCommand('go', ['env', 'GOVERSION'], { cwd: sources, timeoutMs: 5 * 60_000 });
  return stdout.trim();
}

/** Compares `go1.26.8` with `1.26.0`. */
function isAtLeast(found: string, wanted: string): boolean {
  const [major = 0, minor = 0] = numbersOf(found);
  const [wantedMajor = 0, wantedMinor = 0] = numbersOf(wanted);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function numbersOf(goVersion: string): readonly number[] {
  return (goVersion.match(/\d+/g) ?? []).map(Number);
}

async function hashOfInputs(go: string): Promise<string> {
  const names = (await readdir(sources)).filter((name) => /\.(go|mod|sum)$/.test(name)).sort();
  const hash = createHash('sha256').update(JSON.stringify([go, buildFlags, buildEnvironment]));
  for (const name of names) hash.update(`\0${name}\0`).update(await readFile(join(sources, name)));
  return hash.digest('hex');
}

async function build(directory: string): Promise<void> {
  const startedAtMs = performance.now();
  process.stderr.write('building the test control plane (about six minutes the first time) …\n');
  const heartbeat = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAtMs) / 1000);
    process.stderr.write(`still building the test control plane (${seconds} s) …\n`);
  }, heartbeatMs);
  try {
    const args = ['build', ...buildFlags, '-o', join(directory, program), '.'];
    await runCommand('go', args, { cwd: sources, env: buildEnvironment, timeoutMs: buildTimeoutMs });
  } finally {
    clearInterval(heartbeat);
  }
}

if (import.meta.main) process.stdout.write(`${await clusterBinary()}\n`);
