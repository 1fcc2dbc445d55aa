import packageJson from '../package.json' with { type: 'json' };

/** This program's version, as in package.json. */
export const programVersion: string = packageJson.version;

/** Compares two versions by their first three numbers: negative when `left` is older. 1.2.3-rc.1 counts as 1.2.3. */
export function compareVersions(left: string, right: string): number {
  const [leftParts, rightParts] = [left, right].map((version) => version.split('.', 3).map(Number.parseFloat));
  for (let part = 0; part < 3; part += 1) {
    const difference = (leftParts?.[part] ?? 0) - (rightParts?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
