/** How the container of a pod ends by itself. */
export interface PodEnding {
  /** After its start; 0: the pod is never seen running. */
  readonly afterMs: number;
  readonly exitCode: number;
  /** As a kubelet words it. */
  readonly reason: 'Completed' | 'Error' | 'OOMKilled';
  /** Set when its node drove the pod away, and so ended the container. */
  readonly isEvicted?: true;
}

/** Why a pod never starts, other than that no node ever looks at it. */
export const podWaits = [
  'image-not-found',
  'image-unauthorized',
  'unschedulable',
  'tainted',
  'config-failure',
] as const;
export type PodWait = (typeof podWaits)[number];

/** What becomes of a pod whose restart policy is Never. */
export type PodLife =
  | { readonly kind: 'pending' }
  | { readonly kind: 'image-pull-failure' }
  | { readonly kind: 'waits'; readonly cause: PodWait }
  /** Its node refuses it. */
  | { readonly kind: 'rejected' }
  | {
      readonly kind: 'runs';
      readonly startAfterMs: number;
      /** Absent: it runs until it is deleted. */
      readonly ending: PodEnding | undefined;
      /** How long it takes to end once it is deleted. */
      readonly stopMs: number;
    };

/** A life script that is not in the language: the message quotes it. */
export class LifeScriptError extends Error {
  override readonly name = 'LifeScriptError';
}

const duration = String.raw`(\d+)(ms|s|m)`;
const startStatement = new RegExp(`^start ${duration}$`);
const stopStatement = new RegExp(`^stop ${duration}$`);
const endStatement = new RegExp(`^(succeed|crash|evict|exit (\\d{1,3}))(?: after ${duration})?$`);
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
const greatestExitCode = 255;
const killedBySignal = 137;

/**
 * Reads a life script, as in `start 100ms; succeed after 200ms`. Its statements, in this order:
 *
 * - `start <duration>`, optional: how long the pod is pending first;
 * - one of `succeed`, `exit <code>`, `crash` (killed for want of memory) and `evict` (by its node), each with or without
 *   `after <duration>`; or `hang` (runs for ever), or one of `pending`, `image-pull-failure`, `rejected` and
 *   {@link podWaits} (never starts, and takes no other statement);
 * - `stop <duration>`, optional: how long it goes on after its deletion.
 *
 * A duration is a whole number with `ms`, `s` or `m`. Throws a LifeScriptError on anything else.
 */
export function parsePodLife(script: string): PodLife {
  const statements = script.split(';').map((statement) => statement.trim());
  const [only] = statements;
  if (statements.length === 1 && isSingle(only)) return { kind: only };
  const cause = podWaits.find((wait) => statements.length === 1 && wait === only);
  if (cause !== undefined) return { kind: 'waits', cause };
  const startAfterMs = takeDuration(statements, 0, startStatement);
  const stopMs = takeDuration(statements, statements.length - 1, stopStatement);
  const [end, ...others] = statements;
  if (end === undefined || others.length > 0) throw new LifeScriptError(`not one ending in life script '${script}'`);
  return { kind: 'runs', startAfterMs: startAfterMs ?? 0, ending: parseEnding(end, script), stopMs: stopMs ?? 0 };
}

function isSingle(statement: string | undefined): statement is 'pending' | 'image-pull-failure' | 'rejected' {
  return statement === 'pending' || statement === 'image-pull-failure' || statement === 'rejected';
}

/** Takes the statement at a place out of the list if it has the form; returns its duration in milliseconds. */
function takeDuration(statements: string[], index: number, form: RegExp): number | undefined {
  const match = form.exec(statements[index] ?? '');
  if (match === null) return undefined;
  statements.splice(index, 1);
  return durationMs(match[1], match[2]);
}

function durationMs(count = '0', unit = 'ms'): number {
  return Number(count) * (unitMs[unit] ?? Number.NaN);
}

function parseEnding(statement: string, script: string): PodEnding | undefined {
  if (statement === 'hang') return undefined;
  const [, word, exitCode, count, unit] = endStatement.exec(statement) ?? [];
  const afterMs = durationMs(count, unit);
  if (word === 'succeed') return { afterMs, exitCode: 0, reason: 'Completed' };
  if (word === 'crash') return { afterMs, exitCode: killedBySignal, reason: 'OOMKilled' };
  if (word === 'evict') return { afterMs, exitCode: killedBySignal, reason: 'Error', isEvicted: true };
  if (word === undefined || Number(exitCode) > greatestExitCode) {
    throw new LifeScriptError(`'${statement}' in life script '${script}' is no statement`);
  }
  return { afterMs, exitCode: Number(exitCode), reason: Number(exitCode) === 0 ? 'Completed' : 'Error' };
}

const sleepCommand = /^(?:(?:\/bin\/)?sh -c )?(?:\/bin\/)?sleep (\d+(?:\.\d+)?)s?$/;

/** The life of a pod without a script: `sleep N` takes its time, up to a limit, and all else succeeds at once. */
export function lifeOfCommand(commandLine: readonly string[], maxSleepMs: number): PodLife {
  const seconds = sleepCommand.exec(commandLine.join(' '))?.[1] ?? '0';
  const afterMs = Math.min(Number(seconds) * 1000, maxSleepMs);
  return { kind: 'runs', startAfterMs: 0, ending: { afterMs, exitCode: 0, reason: 'Completed' }, stopMs: 0 };
}
