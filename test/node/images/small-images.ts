import { join } from 'node:path';
import { ensurePackages } from '../../support/debian-packages.ts';
import { cachedImage } from './cached-image.ts';

/** Returns the folder of an image by which any pod of busybox or alpine runs. */
export function busyboxImage(): Promise<string> {
  return imageOfBusybox('busybox');
}

/** Returns the folder of the image that keeps the namespaces of each pod. */
export function pauseImage(): Promise<string> {
  return imageOfBusybox('pause');
}

async function imageOfBusybox(name: string): Promise<string> {
  await ensurePackages(['busybox-static']);
  const dockerfile = join(import.meta.dirname, `${name}.Dockerfile`);
  return cachedImage({ name, dockerfile, context: '/bin', contents: ['busybox'] });
}
