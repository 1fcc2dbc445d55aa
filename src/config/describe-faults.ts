import { asOneLine } from './as-one-line.ts';
import type { ConfigFault } from './setting.ts';

/** Writes faults for people, one line each; nothing in it is secret. */
export function describeFaults(faults: readonly ConfigFault[]): string {
  return faults.map((fault) => `${describeFault(fault)}\n`).join('');
}

function describeFault({ name, given, allowed, where, problem }: ConfigFault): string {
  // That of an unknown setting is whatever somebody wrote into the file.
  const shownName = asOneLine(name);
  const problemPart = problem === undefined ? '' : `: ${problem}`;
  if (given !== undefined) return `${shownName} is '${given}' (${where})${problemPart}; allowed is ${allowed}`;
  return problem === undefined
    ? `${shownName} is missing (${where}); allowed is ${allowed}`
    : `${shownName} (${where})${problemPart}; ${allowed}`;
}
