import { setTimeout as delay } from 'node:timers/promises';

const defaultTimeoutMs = 15_000;
const pauseMs = 20;

/** What was waited for did not come: the message names it and ends with what the probe saw last. */
export class NotInTimeError extends Error {
  override readonly name = 'NotInTimeError';
}

/**
 * Repeats a probe until it no longer throws, and returns what it returned.
 * A probe asserts what should become true, so its last assertion says what was seen instead. Throws a NotInTimeError
 * after `timeoutMs` (15 000 unless told), also when a probe hangs.
 */
export async function until<Value>(
  what: string,
  probe: () => Value | Promise<Value>,
  timeoutMs: number = defaultTimeoutMs,
): Promise<Value> {
  const isLate = delay(timeoutMs, 'late' as const, { ref: false });
  const endsAtMs = performance.now() + timeoutMs;
  let last: unknown = 'the probe has not answered yet';
  while (performance.now() < endsAtMs) {
    const answer = await Promise.race([outcomeOf(probe), isLate]);
    if (answer === 'late') break;
    if (answer.result === 'returned') return answer.value;
    last = answer.error;
    await delay(pauseMs);
  }
  const seen = last instanceof Error ? last.message : String(last);
  throw new NotInTimeError(`after ${timeoutMs} ms still not: ${what}\nseen last: ${seen}`, { cause: last });
}

type Outcome<Value> =
  | { readonly result: 'returned'; readonly value: Value }
  | { readonly result: 'threw'; readonly error: unknown };

async function outcomeOf<Value>(probe: () => Value | Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { result: 'returned', value: await probe() };
  } catch (error) {
    // Not yet, or never: the deadline tells.
    return { result: 'threw', error };
  }
}
