import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry } from './cache-folder.ts';
import { runCommand } from './run-command.ts';

const buildTimeoutMs = 45 * 60_000;
const heartbeatMs = 30_000;
// Nothing in them needs C, so neither does the machine that builds them.
const buildEnvironment = { CGO_ENABLED: '0' };

/** A program that tests build from a Go module of the project's own. */
export interface GoProgram {
  /** The file's name, and how messages call it. */
  readonly name: string;
  /** The module's folder. */
  readonly module: string;
  /** Import path of the command; the module itself unless told. */
  readonly package?: string;
  /** Of the linker, beside those that leave out what debuggers want. */
  readonly linkerFlags?: readonly string[];
  /** How long the first build takes, for people who wait. */
  readonly firstBuildTakes: string;
}

/** A program cannot be built on this machine: the message says what to install. */
export class GoMissingError extends Error {
  override readonly name = 'GoMissingError';
}

/**
 * Returns the path of a program, which is built on first use.
 * The build is kept in the cache folder under a hash of all that goes into it. Progress goes to standard error.
 * Throws a GoMissingError without a usable Go, and a CommandError with the end of the log when the build fails.
 */
export async function goProgram(program: GoProgram): Promise<string> {
  const hash = await hashOfInputs(program, await usableGoVersion(program));
  const entry = await cacheEntry(`${program.name}-${hash}`, (directory) => build(program, directory));
  return join(entry, program.name);
}

async function usableGoVersion({ name, module }: GoProgram): Promise<string> {
  const wanted = await wantedGoVersion(module);
  const advice = `${name} is built from source: install Go ${wanted} or newer and put it on the PATH`;
  try {
    const found = await goVersion(module);
    if (isAtLeast(found, wanted)) return found;
    throw new Error(`found ${found}`);
  } catch (cause) {
    throw new GoMissingError(advice, { cause });
  }
}

async function wantedGoVersion(module: string): Promise<string> {
  const wanted = /^go (\S+)$/m.exec(await readFile(join(module, 'go.mod'), 'utf8'))?.[1];
  if (wanted === undefined) throw new Error(`${join(module, 'go.mod')} names no Go version`);
  return wanted;
}

/** Asks in the module's folder: there a recent Go fetches, by itself, the one that the module wants. */
async function goVersion(module: string): Promise<string> {
  const { stdout } = await runCommand('go', ['env', 'GOVERSION'], { cwd: module, timeoutMs: 5 * 60_000 });
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

async function hashOfInputs(program: GoProgram, go: string): Promise<string> {
  const names = (await readdir(program.module)).filter((name) => /\.(go|mod|sum)$/.test(name)).sort();
  const hash = createHash('sha256').update(JSON.stringify([go, buildArguments(program), buildEnvironment]));
  for (const name of names) hash.update(`\0${name}\0`).update(await readFile(join(program.module, name)));
  return hash.digest('hex');
}

function buildArguments({ linkerFlags = [], package: command = '.' }: GoProgram): readonly string[] {
  return ['-trimpath', '-buildvcs=false', '-ldflags', ['-s', '-w', ...linkerFlags].join(' '), command];
}

async function build(program: GoProgram, directory: string): Promise<void> {
  const startedAtMs = performance.now();
  process.stderr.write(`building ${program.name} (${program.firstBuildTakes} the first time) …\n`);
  const heartbeat = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAtMs) / 1000);
    process.stderr.write(`still building ${program.name} (${seconds} s) …\n`);
  }, heartbeatMs);
  try {
    const args = ['build', '-o', join(directory, program.name), ...buildArguments(program)];
    await runCommand('go', args, { cwd: program.module, env: buildEnvironment, timeoutMs: buildTimeoutMs });
  } finally {
    clearInterval(heartbeat);
  }
}
