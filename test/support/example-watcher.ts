import type { Watcher } from '../../src/watchers/watcher.ts';

/** Logs once a minute how many attempts are open. */
export function createCensus(): Watcher {
  return {
    name: 'census',
    schedule: '@every 1m',
    begin: ({ attempts, log }) => ({
      async run() {
        log.info({ open: attempts.size }, 'attempts are open');
      },
      async [Symbol.asyncDispose]() {},
    }),
  };
}
