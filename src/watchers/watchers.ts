import { createCleanUp } from './clean-up/clean-up.ts';
import { createDispatch, type DispatchOptions } from './dispatch/dispatch.ts';
import { createHistory, type HistoryOptions } from './history/history.ts';
import { createLogs } from './logs/logs.ts';
import { createResync } from './resync/resync.ts';
import type { UnreachableOptions } from './resync/unreachable.ts';
import { createSync, type SyncOptions } from './sync/sync.ts';
import type { Watcher } from './watcher.ts';
import { createWishes } from './wishes/wishes.ts';

/** Everything that nightwatch does while it leads. A new kind of work is a folder and a line here. */
export function createWatchers(
  options: DispatchOptions & SyncOptions & UnreachableOptions & HistoryOptions,
): readonly Watcher[] {
  return [
    createDispatch(options),
    createSync(options),
    createResync(options),
    createWishes(),
    createLogs(),
    createCleanUp(),
    createHistory(options),
  ];
}
