import assert from 'node:assert/strict';
import { z } from 'zod';
import type { NightwatchProcess } from './nightwatch-process.ts';
import type { Replica } from './replicas.ts';
import { until } from './until.ts';

const logLine = z.looseObject({ level: z.string(), time: z.coerce.date(), msg: z.string() });

/** A line that a replica has logged; its other fields come as they were written. */
export type LogLine = z.infer<typeof logLine>;

/** Reads what a replica has logged so far. What is no JSON, such as a stack of Node itself, is left out. */
export async function readLog(replica: NightwatchProcess): Promise<readonly LogLine[]> {
  const text = await replica.log();
  return text
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => logLine.parse(JSON.parse(line)));
}

/** Waits until a replica has logged a message, a minute unless told; returns all its lines with that one. */
export async function untilLogged(
  replica: NightwatchProcess,
  message: string,
  timeoutMs = 60_000,
): Promise<readonly LogLine[]> {
  const read = async () => {
    const lines = (await readLog(replica)).filter(({ msg }) => msg === message);
    assert.ok(lines.length > 0);
    return lines;
  };
  return until(`a replica has logged '${message}'`, read, timeoutMs);
}

/** Counts the lines that replicas have logged so far, all of them together, in which the words are found. */
export async function countLogged(replicas: readonly NightwatchProcess[], words: RegExp): Promise<number> {
  const texts = await Promise.all(replicas.map((replica) => replica.log()));
  return texts.flatMap((text) => text.split('\n')).filter((line) => words.test(line)).length;
}

/** A term as the log of its replica tells it. */
export interface LoggedTerm {
  readonly replica: string;
  readonly epoch: number;
  readonly beganAtMs: number;
  /** Undefined while it lasts, and when its replica was killed. */
  readonly endedAtMs: number | undefined;
  readonly reason: string | undefined;
}

const epochOfLine = z.object({ epoch: z.number(), reason: z.string().optional() });

/** Reads which terms these replicas have had so far, in their order. */
export async function readTerms(replicas: readonly Replica[]): Promise<readonly LoggedTerm[]> {
  const terms = await Promise.all(
    replicas.map(async (replica) => {
      const lines = await readLog(replica);
      const ends = new Map(
        lines.filter(({ msg }) => msg === 'term ended').map((line) => [epochOfLine.parse(line).epoch, line]),
      );
      return lines
        .filter(({ msg }) => msg === 'leading')
        .map((line) => {
          const { epoch } = epochOfLine.parse(line);
          const end = ends.get(epoch);
          const reason = end && epochOfLine.parse(end).reason;
          return {
            replica: replica.name,
            epoch,
            beganAtMs: line.time.getTime(),
            endedAtMs: end?.time.getTime(),
            reason,
          };
        });
    }),
  );
  return terms.flat().sort((left, right) => left.epoch - right.epoch);
}

/**
 * Waits for the first term that began after a moment, and tells of it and of the one before.
 * On a busy machine a short lease may run out earlier: the first two terms of a test need not be those two.
 */
export async function untilTermSince(
  replicas: readonly Replica[],
  atMs: number,
): Promise<{ readonly former: LoggedTerm | undefined; readonly next: LoggedTerm }> {
  return until('a replica has begun to lead since', async () => {
    const terms = await readTerms(replicas);
    const index = terms.findIndex(({ beganAtMs }) => beganAtMs > atMs);
    return { former: terms[index - 1], next: terms[index] ?? assert.fail(`none of ${JSON.stringify(terms)}`) };
  });
}

/** Asserts of terms that each ended before the next began. */
export function assertOneAtATime(terms: readonly LoggedTerm[]): void {
  const overlaps = terms.filter((term, index) => {
    const next = terms[index + 1];
    return next !== undefined && !(term.endedAtMs !== undefined && term.endedAtMs <= next.beganAtMs);
  });
  assert.deepEqual(overlaps, [], `terms that had not ended when the next began, among ${JSON.stringify(terms)}`);
}
