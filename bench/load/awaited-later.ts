/** A promise that is awaited only when others have been waited for: until then its rejection is nobody's surprise. */
export function awaitedLater<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
