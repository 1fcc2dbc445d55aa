import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { arch, userInfo } from 'node:os';
import { join } from 'node:path';
import { cacheEntry } from './cache-folder.ts';
import { debianMirror } from './debian-packages.ts';
import type { CommandLine } from './parent-death.ts';
import { runCommand } from './run-command.ts';
import { scratchDirectory } from './scratch.ts';

const downloadTimeoutMs = 300_000;
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

const loaders: Partial<Record<NodeJS.Architecture, { readonly libraries: string; readonly loader: string }>> = {
  x64: { libraries: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { libraries: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

/**
 * Provides MySQL from Debian's unstable suite, unpacked beside the system with every library it needs.
 * It is downloaded once and stays in the cache folder: the suite moves on, and what it no longer has cannot be had
 * again. Neither the system's packages nor its settings are read or changed.
 */
export async function mysqlCommandLine(): Promise<CommandLine> {
  const platform = loaders[arch() as NodeJS.Architecture];
  if (platform === undefined) throw new Error(`no MySQL for the architecture ${arch()}`);
  const root = await cacheEntry('mysql-unstable', unpackMySql);
  const usr = join(root, 'usr');
  const libraries = join(usr, 'lib', platform.libraries);
  return {
    command: join(libraries, platform.loader),
    args: [
      ...['--library-path', libraries, join(usr, 'sbin', 'mysqld'), '--no-defaults'],
      `--basedir=${usr}`,
      `--lc-messages-dir=${join(usr, 'share', 'mysql')}`,
      `--plugin-dir=${join(usr, 'lib', 'mysql', 'plugin')}`,
      '--secure-file-priv=NULL',
    ],
  };
}

async function unpackMySql(root: string): Promise<void> {
  await using workshop = await scratchDirectory('apt');
  const packages = await downloadPackages(workshop.path);
  await makeMergedRoot(root);
  const unpackOne =
    'dpkg-deb --fsys-tarfile "$1" | tar --extract --directory "$0" --keep-directory-symlink --no-same-owner';
  for (const file of packages) await runCommand('sh', ['-c', unpackOne, root, file]);
}

/** Debian's packages put files both under / and under /usr, and mean the same folder. */
async function makeMergedRoot(root: string): Promise<void> {
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(root, 'usr', folder), { recursive: true });
    await symlink(join('usr', folder), join(root, folder));
  }
}

async function downloadPackages(directory: string): Promise<readonly string[]> {
  const env = { APT_CONFIG: await writeAptConfiguration(directory), DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, timeoutMs: downloadTimeoutMs };
  await runCommand('apt-get', ['update'], options);
  await runCommand('apt-get', ['install', '--yes', '--download-only', 'mysql-server-core'], options);
  const archives = join(directory, 'cache', 'archives');
  const names = await readdir(archives);
  return names.filter((name) => name.endsWith('.deb')).map((name) => join(archives, name));
}

async function writeAptConfiguration(directory: string): Promise<string> {
  for (const folder of ['etc/apt.conf.d', 'etc/preferences.d', 'state/lists/partial', 'cache/archives/partial']) {
    await mkdir(join(directory, folder), { recursive: true });
  }
  const source = `deb [signed-by=${keyring}] ${await debianMirror()} sid main\n`;
  await writeFile(join(directory, 'etc', 'sources.list'), source);
  await writeFile(join(directory, 'status'), await statusWithPerl());
  const file = join(directory, 'apt.conf');
  await writeFile(file, aptConfiguration(directory));
  return file;
}

function aptConfiguration(directory: string): string {
  const settings = {
    'Dir::Etc': join(directory, 'etc'),
    'Dir::State': join(directory, 'state'),
    'Dir::State::status': join(directory, 'status'),
    'Dir::Cache': join(directory, 'cache'),
    'Dir::Log': directory,
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': userInfo().username,
    // A mirror that stands still is as good as the day it stopped.
    'Acquire::Check-Valid-Until': 'false',
    'Debug::NoLocking': 'true',
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} "${value}";\n`)
    .join('');
}

/** The database of installed packages that apt shall believe in: empty but for perl, which only scripts need. */
async function statusWithPerl(): Promise<string> {
  const { stdout } = await runCommand('dpkg', ['--print-architecture']);
  const state = [
    'Status: install ok installed',
    `Architecture: ${stdout.trim()}`,
    // The server depends on perl:any, which only such a package satisfies.
    'Multi-Arch: allowed',
    'Version: 99',
  ];
  return ['perl', 'perl-base'].map((name) => [`Package: ${name}`, ...state, ''].join('\n')).join('\n');
}
