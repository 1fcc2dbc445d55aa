import { quoted } from './message.ts';

/** Puts before a fault where in `info` it is, as one would write it in code: `resources.limits.cpu`, `labels['a/b']`. */
export function withPath(path: readonly PropertyKey[], fault: string): string {
  let place = '';
  for (const key of path) {
    if (typeof key === 'number') place += `[${key}]`;
    else if (!/^[A-Za-z_][\w-]{0,59}$/.test(String(key))) place += `[${quoted(String(key))}]`;
    else place += place === '' ? String(key) : `.${String(key)}`;
  }
  return place === '' ? fault : `${place}: ${fault}`;
}
