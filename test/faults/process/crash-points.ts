/**
 * A point between two steps where a process is to die: `before recordCreated 3` is before the third call of that
 * method, `after launch 1` behind the first, when it has come to pass and nobody knows yet. `before remove 1 by SIGSTOP`
 * is where it is only to stop, until somebody lets it go on.
 */
export interface CrashPoint {
  readonly when: 'before' | 'after';
  readonly method: string;
  readonly nth: number;
  readonly signal: (typeof signals)[number];
}

const signals = ['SIGKILL', 'SIGSTOP'] as const;

/** Names the environment variable that holds the crash point of a process. */
export const crashPointVariable = 'NIGHTWATCH_TEST_CRASH';

/** @throws {Error} on anything else than `<before|after> <method> <number>`, with `by SIGSTOP` or without */
export function parseCrashPoint(text: string): CrashPoint {
  const [, when, method = '', nth, word = 'SIGKILL'] = /^(before|after) (\w+) (\d+)(?: by (\w+))?$/.exec(text) ?? [];
  const signal = signals.find((each) => each === word);
  if ((when !== 'before' && when !== 'after') || !signal) throw new Error(`'${text}' is no crash point`);
  return { when, method, nth: Number(nth), signal };
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

/** The crash point that the environment names, and what happens there: as by kill -9 or -STOP, nothing is finished. */
export function crashPointHere(): { readonly point: CrashPoint | undefined; readonly die: () => void } {
  const text = process.env[crashPointVariable];
  const point = text === undefined ? undefined : parseCrashPoint(text);
  return { point, die: () => void process.kill(process.pid, point?.signal ?? 'SIGKILL') };
}
