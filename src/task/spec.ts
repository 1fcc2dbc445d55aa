import { jsonFault } from './json-fault.ts';
import { shapeFaults, sizeFault } from './json-shape.ts';
import { joinFaults } from './message.ts';
import { specFaults } from './spec-faults.ts';
import { specSchema } from './spec-schema.ts';
import { maximumInfoBytes } from './task.ts';
import type { TaskSpec } from './task-spec.ts';

export type ParsedSpec =
  | { readonly result: 'valid'; readonly spec: TaskSpec }
  | { readonly result: 'invalid'; readonly message: string };

/**
 * Reads what a row asks for from its `info`; never throws, whatever the text.
 *
 * The message of an invalid one lists all faults, each with its path and with what would be right.
 *
 * @param info the text; undefined when it was too large to be fetched
 * @param infoBytes the size of the text in the database
 */
export function parseSpec(info: string | undefined, infoBytes: number): ParsedSpec {
  // The text's own length too: a caller that fetched more than it may has to change nothing here.
  if (infoBytes > maximumInfoBytes || (info !== undefined && info.length > maximumInfoBytes)) {
    return invalid([
      `info has ${Math.max(infoBytes, info?.length ?? 0)} bytes: at most ${maximumInfoBytes} are allowed`,
    ]);
  }
  if (info === undefined && infoBytes > 0) return invalid(['info was not read']);
  // NULL, where the user's own column allows it, is as empty as ''.
  if (info === undefined || info.trim() === '') return invalid([`info is empty: write at least {"image": "…"}`]);

  const parsed = parseJson(info);
  if (parsed.result === 'broken') return invalid([`info is not JSON: ${parsed.fault}`]);
  const oversize = sizeFault(parsed.value);
  if (oversize !== undefined) return invalid([oversize]);

  const shape = shapeFaults(parsed.value);
  const spec = specSchema.safeParse(parsed.value);
  if (spec.success && shape.length === 0) return { result: 'valid', spec: spec.data };
  return invalid([...shape, ...specFaults(spec.error?.issues ?? [])]);
}

function invalid(faults: readonly string[]): ParsedSpec {
  return { result: 'invalid', message: joinFaults(faults) };
}

function parseJson(
  text: string,
): { readonly result: 'parsed'; readonly value: unknown } | { readonly result: 'broken'; readonly fault: string } {
  try {
    return { result: 'parsed', value: JSON.parse(text) };
  } catch (error) {
    // A row's broken JSON is an expected outcome; the engine's words are only the fallback for ours.
    return { result: 'broken', fault: jsonFault(text) ?? String(error) };
  }
}
