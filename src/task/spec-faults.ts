import type { z } from 'zod';
import { nearest } from '../nearest.ts';
import { quoted } from './message.ts';
import { knownKeysAt } from './spec-keys.ts';
import { withPath } from './value-path.ts';

type Issue = z.core.$ZodIssue;

/** A message has no room for more, and each hint costs many comparisons. */
const maximumHints = 20;

/** Says in sentences what the schema of `info` found, each with the path of the value it is about. */
export function specFaults(issues: readonly Issue[]): readonly string[] {
  // Unknown keys first: a misspelt key is often what the other faults come from.
  const told = issues.flatMap(ofTheChosen);
  const unknown = told.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? unknownKeyFaults(issue.keys, issue.path) : [],
  );
  return [...unknown, ...told.flatMap(valueFaults)];
}

/** Of a value that may be one of several things: what is wrong inside the one that it is, where its type tells which. */
function ofTheChosen(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const chosen = issue.errors.find((issues) => !issues.some(isOfOtherType));
  if (chosen === undefined) return [issue];
  return chosen.flatMap((inner) => ofTheChosen({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isOfOtherType({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

function valueFaults(issue: Issue): readonly string[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return [];
    case 'invalid_key':
      // A fault of a record's key carries what is wrong with the key inside it.
      return issue.issues.map(({ message }) => withPath(issue.path.slice(0, -1), message));
    default:
      return [withPath(issue.path, issue.message)];
  }
}

function unknownKeyFaults(keys: readonly string[], path: readonly PropertyKey[]): readonly string[] {
  const known = knownKeysAt(path);
  let listed = false;
  return keys.flatMap((key, index) => {
    // Refused as such, wherever it stands: saying it twice helps nobody.
    if (key === '__proto__') return [];
    const meant = index < maximumHints ? nearest(key, known) : undefined;
    if (meant !== undefined) return [withPath(path, `unknown key ${quoted(key)}: did you mean '${meant}'?`)];
    const list = listed ? '' : `: known are ${known.join(', ')}`;
    listed = true;
    return [withPath(path, `unknown key ${quoted(key)}${list}`)];
  });
}
