/**
 * A point between two steps where a process is to die: `before recordCreated 3` is before the third call of that
 * method, `after launch 1` behind the first, when it has come to pass and nobody knows yet.
 */
export interface CrashPoint {
  readonly when: 'before' | 'after';
  readonly method: string;
  readonly nth: number;
}

/** Names the environment variable that holds the crash point of a process. */
export const crashPointVariable = 'NIGHTWATCH_TEST_CRASH';

/** @throws {Error} on anything else than `<before|after> <method> <number>` */
export function parseCrashPoint(text: string): CrashPoint {
  const [, when, method = '', nth] = /^(before|after) (\w+) (\d+)$/.exec(text) ?? [];
  if (when !== 'before' && when !== 'after') throw new Error(`'${text}' is no crash point`);
  return { when, method, nth: Number(nth) };
}

/** The port as it is, but for the process that dies at its crash point. */
export function withCrashPoint<Port extends object>(port: Port, point: CrashPoint | undefined, die: () => void): Port {
  if (!point) return port;
  let calls = 0;
  return new Proxy(port, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (name !== point.method || typeof method !== 'function') return method;
      return async (...args: readonly unknown[]) => {
        calls += 1;
        const isNow = calls === point.nth;
        if (isNow && point.when === 'before') die();
        const result: unknown = await Reflect.apply(method, target, args);
        if (isNow && point.when === 'after') die();
        return result;
      };
    },
  });
}

/** The crash point that the environment names, and the end that it means: as by kill -9, nothing is finished. */
export function crashPointHere(): { readonly point: CrashPoint | undefined; readonly die: () => void } {
  const text = process.env[crashPointVariable];
  return {
    point: text === undefined ? undefined : parseCrashPoint(text),
    die: () => process.kill(process.pid, 'SIGKILL'),
  };
}
