/**
 * The promise's outcome, or a rejection with the signal's reason as soon as that aborts.
 *
 * For calls that heed no signal, or heed it late: they go on, and what becomes of them then is nobody's concern. One
 * listener a call, taken off again: a race against one promise that lives as long as the signal would grow for ever.
 */
export async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
