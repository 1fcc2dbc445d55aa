import { join } from 'node:path';
import { goProgram } from './go-program.ts';

// A control plane built without these says that it is v0.0.0, and clients stumble over that.
const versionPackages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
const version = Object.entries({ gitVersion: 'v1.36.3', gitMajor: '1', gitMinor: '36' });
const stamps = versionPackages.flatMap((place) => version.map(([name, value]) => `-X ${place}.${name}=${value}`));

/** Returns the path of the program that holds Kubernetes' components and kubectl; builds it on first use. */
export function clusterBinary(): Promise<string> {
  return goProgram({
    name: 'nightwatch-cluster',
    module: join(import.meta.dirname, '..', 'cluster'),
    linkerFlags: stamps,
    firstBuildTakes: 'about six minutes',
  });
}

if (import.meta.main) process.stdout.write(`${await clusterBinary()}\n`);
