import { readFile } from 'node:fs/promises';
import { runCommand } from './run-command.ts';

const installTimeoutMs = 300_000;
// apt itself waits for another apt, but only in some of its steps: one lock around all of it is simpler to trust.
const lockFile = '/var/cache/apt/nightwatch.lock';
const install = 'apt-get install --yes --no-install-recommends';

/**
 * Makes sure that Debian packages are installed; quick when they are.
 * Installs only as root on Debian. Anywhere else it throws an error that says what to install.
 */
export async function ensurePackages(names: readonly string[]): Promise<void> {
  const missing = await missingPackages(names);
  if (missing.length === 0) return;
  if (!(await isDebian()) || process.getuid?.() !== 0) {
    throw new Error(`packages are missing; as root on Debian: ${install} ${missing.join(' ')}`);
  }
  await installPackages(missing);
}

/** The mirror that this machine uses for Debian itself, not for its security updates. */
export async function debianMirror(): Promise<string> {
  const { stdout } = await runCommand('apt-get', ['indextargets', '--format', '$(LABEL) $(REPO_URI)']);
  const [, address] = /^Debian (\S+)$/m.exec(stdout) ?? [];
  if (address === undefined) throw new Error('packages are unpacked from a Debian mirror, and apt knows of none here');
  return address;
}

/** What this Debian calls itself, such as `bookworm`. */
export async function debianSuite(): Promise<string> {
  const [, suite] = /^VERSION_CODENAME=(\S+)$/m.exec(await readFile('/etc/os-release', 'utf8')) ?? [];
  if (suite === undefined) throw new Error('/etc/os-release names no release of Debian');
  return suite;
}

async function missingPackages(names: readonly string[]): Promise<readonly string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills it in
  const format = ['--showformat', '${Package} ${db:Status-Status}\\n'];
  const { stdout } = await runCommand('dpkg-query', ['--show', ...format, ...names], { acceptFailure: true });
  const answers = new Set(stdout.split('\n'));
  return names.filter((name) => !answers.has(`${name} installed`));
}

async function isDebian(): Promise<boolean> {
  try {
    return /^ID=debian$/m.test(await readFile('/etc/os-release', 'utf8'));
  } catch {
    // No such file: not a Debian.
    return false;
  }
}

/** Two processes may want the same packages at once: the second finds them installed when it gets the lock. */
async function installPackages(names: readonly string[]): Promise<void> {
  const list = names.join(' ');
  // The lists of a fresh image are absent, those of an old one name versions that the mirror has dropped.
  const script = `${install} ${list} || { apt-get update && ${install} ${list}; }`;
  await runCommand('flock', [lockFile, 'sh', '-c', script], {
    timeoutMs: installTimeoutMs,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
}
