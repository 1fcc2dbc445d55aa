import { until } from '../../support/until.ts';

const patienceMs = 60_000;

/**
 * Repeats a probe until it no longer throws, for a minute.
 *
 * A play only has to get to its next step, on a busy machine too: how soon things must happen is the checker's business.
 */
export function patiently<Value>(what: string, probe: () => Value | Promise<Value>): Promise<Value> {
  return until(what, probe, patienceMs);
}
