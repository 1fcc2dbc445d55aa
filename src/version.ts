import packageJson from '../package.json' with { type: 'json' };

/** This program's version, as in package.json. */
export const programVersion: string = packageJson.version;

/** Compares two versions of the form 1.2.3 by their numbers: negative when `left` is older. */
export function compareVersions(left: string, right: string): number {
  const [leftParts, rightParts] = [left, right].map((version) => version.split('.').map(Number));
  for (let part = 0; part < 3; part += 1) {
    const difference = (leftParts?.[part] ?? 0) - (rightParts?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
