import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePackages } from '../../support/debian-packages.ts';
import { runCommand } from '../../support/run-command.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const buildTimeoutMs = 10 * 60_000;

/** What an image is made of. */
export interface ImageRecipe {
  readonly dockerfile: string;
  /** The folder that the Dockerfile copies from. */
  readonly context: string;
  readonly buildArguments?: Readonly<Record<string, string>>;
  /** Folders of images to build on, by the names of the build arguments that say which. */
  readonly bases?: Readonly<Record<string, string>>;
}

/** Builds an image without Docker and without a daemon, and puts it into an empty folder, as an OCI layout. */
export async function buildImage(recipe: ImageRecipe, layout: string): Promise<void> {
  await ensurePackages(['buildah']);
  await using scratch = await scratchDirectory('image');
  const storage = ['--root', join(scratch.path, 'root'), '--runroot', join(scratch.path, 'run')];
  // Mounts of its own: not one is left of a build that was ended.
  const buildah = ['--mount', 'buildah', ...storage, '--storage-driver', 'overlay'];
  const given: [name: string, value: string][] = Object.entries(recipe.buildArguments ?? {});
  for (const [name, base] of Object.entries(recipe.bases ?? {})) {
    // It makes a name of the path, and not of every path.
    const link = join(scratch.path, name.toLowerCase());
    await symlink(base, link);
    const { stdout: id } = await runCommand('unshare', [...buildah, 'pull', '--quiet', `oci:${link}`]);
    given.push([name, id.trim()]);
  }
  const build = [
    ...['build', '--isolation', 'chroot', '--network', 'host', '--disable-compression=false'],
    ...(await trustedAuthorities(scratch.path)),
    ...given.map(([name, value]) => `--build-arg=${name}=${value}`),
    ...['--file', recipe.dockerfile, '--tag', `oci:${layout}`, recipe.context],
  ];
  await runCommand('unshare', [...buildah, ...build], { timeoutMs: buildTimeoutMs });
}

/** Where this machine needs certificates of its own to reach npm's registry, a build needs them too, the image not. */
async function trustedAuthorities(folder: string): Promise<readonly string[]> {
  const authorities = process.env.NODE_EXTRA_CA_CERTS;
  if (!authorities) return [];
  const npmrc = join(folder, 'npmrc');
  await writeFile(npmrc, 'cafile=/run/authorities.crt\n');
  return ['--volume', `${authorities}:/run/authorities.crt:ro`, '--volume', `${npmrc}:/root/.npmrc:ro`];
}
