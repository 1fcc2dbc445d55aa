import { withPath } from './value-path.ts';

/** How deep `info` may nest, its outermost object counted; the deepest thing a row can ask for needs six levels. */
const maximumDepth = 8;

/** How many values `info` may hold, so that saying what is wrong with each of them takes a few milliseconds at most. */
const maximumValues = 2000;

type Path = readonly PropertyKey[];

/** Says why nothing should look into a value any further: it nests too deep or holds too much; undefined otherwise. */
export function sizeFault(value: unknown): string | undefined {
  if (isTooDeep(value)) {
    return `info nests deeper than ${maximumDepth} levels: nothing that a task can ask for needs more than 6`;
  }
  const values = countValues(value);
  return values > maximumValues ? `info holds ${values} values: at most ${maximumValues} are allowed` : undefined;
}

/**
 * Finds what no value that a row supplies may contain, at any depth: text that the API server would refuse or change
 * silently, and the key `__proto__`.
 *
 * @param value a value that JSON.parse returned and {@link sizeFault} found nothing to say about
 */
export function shapeFaults(value: unknown): readonly string[] {
  const faults: string[] = [];
  inspect(value, [], faults);
  return faults;
}

function isTooDeep(value: unknown, depth: number = 1): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth > maximumDepth || Object.values(value).some((inner) => isTooDeep(inner, depth + 1));
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, inner) => sum + countValues(inner), 1);
}

function inspect(value: unknown, path: Path, faults: string[]): void {
  if (typeof value === 'string') {
    const fault = textFault(value);
    if (fault !== undefined) faults.push(withPath(path, fault));
    return;
  }
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) inspect(inner, [...path, index], faults);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const keyPath = [...path, key];
    // An own '__proto__' is lost, or worse, as soon as somebody copies the object by assignment.
    const fault = key === '__proto__' ? 'this key is not allowed' : textFault(key);
    if (fault !== undefined) faults.push(withPath(keyPath, fault));
    inspect(inner, keyPath, faults);
  }
}

function textFault(text: string): string | undefined {
  if (text.includes('\0')) return 'has a NUL character in it: Kubernetes takes none, leave it out';
  if (!text.isWellFormed()) return 'has half of a surrogate pair (\\ud800 to \\udfff alone) in it: write both halves';
  return undefined;
}
