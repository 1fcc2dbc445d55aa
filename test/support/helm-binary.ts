import { join } from 'node:path';
import { goProgram } from './go-program.ts';

/** Returns the path of helm, in the version that `test/helm/go.mod` names; builds it on first use. */
export function helmBinary(): Promise<string> {
  return goProgram({
    name: 'helm',
    module: join(import.meta.dirname, '..', 'helm'),
    package: 'helm.sh/helm/v4/cmd/helm',
    firstBuildTakes: 'about three minutes',
  });
}

if (import.meta.main) process.stdout.write(`${await helmBinary()}\n`);
