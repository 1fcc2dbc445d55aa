import { dnsProgram } from './dns.ts';
import { laterVersionImage } from './images/later-version-image.ts';
import { busyboxImage, pauseImage } from './images/small-images.ts';
import { machineObstacle } from './machine.ts';

/*
 * Makes what tests on a node need and the cache folder keeps, so that people see what takes minutes the first time.
 */

const obstacle = machineObstacle();
if (obstacle === undefined) {
  for (const make of [dnsProgram, pauseImage, busyboxImage, laterVersionImage])
    process.stdout.write(`${await make()}\n`);
} else {
  process.stdout.write(`tests on a node are skipped: ${obstacle}\n`);
}
