import type { ConfigFault } from './setting.ts';

/** Writes faults for people, one line each; nothing in it is secret. */
export function describeFaults(faults: readonly ConfigFault[]): string {
  return faults.map((fault) => `${describeFault(fault)}\n`).join('');
}

function describeFault({ name, given, allowed, where, problem }: ConfigFault): string {
  const problemPart = problem === undefined ? '' : `: ${problem}`;
  if (given !== undefined) return `${name} is '${given}' (${where})${problemPart}; allowed is ${allowed}`;
  return problem === undefined
    ? `${name} is missing (${where}); allowed is ${allowed}`
    : `${name} (${where})${problemPart}; ${allowed}`;
}
