import { setTimeout as sleep } from 'node:timers/promises';
import type { Elector } from './leader/elector.ts';
import type { Term } from './leader/term.ts';
import type { Logger } from './log.ts';
import type { TaskStore } from './store/task-store.ts';
import { OpenAttempts } from './watchers/open-attempts.ts';
import { createRecorder } from './watchers/recorder.ts';
import { type RunningWatcher, type ScheduledWatcher, startWatcher } from './watchers/scheduled-watcher.ts';
import type { TermContext } from './watchers/watcher.ts';

export interface NightwatchOptions {
  readonly elector: Elector;
  readonly store: TaskStore;
  readonly watchers: readonly ScheduledWatcher[];
  /** Resolves once schema, database and cluster are as a leader needs them. */
  readonly untilReady: (stop: AbortSignal) => Promise<void>;
  /** Told of the term that begins, and of undefined when it has ended. */
  readonly onTerm: (term: Term | undefined) => void;
  readonly log: Logger;
}

/** A term ended and what it had begun did not: only the end of the process stops that in time. */
export class DrainError extends Error {
  override readonly name = 'DrainError';
}

/** How long a stop may take to finish what is in flight, while the lease is still renewed. */
const patientDrainMs = 4_000;

/**
 * The story: campaign, run the watchers, drain, release, campaign again, until the stop signal.
 *
 * @throws {DrainError} when a lost term could not be drained before its lease is somebody else's
 */
export async function nightwatch(options: NightwatchOptions, stop: AbortSignal): Promise<void> {
  const { elector, untilReady, onTerm } = options;
  while (!stop.aborted) {
    const term = await untilReady(stop)
      .then(() => elector.campaign(stop))
      .catch(undefinedOnceStopped(stop));
    if (!term) return;
    onTerm(term);
    await lead(options, term, stop);
    onTerm(undefined);
  }
}

/** Leads until the term ends or the stop signal comes; gives the lock back last, when nothing acts any more. */
async function lead({ store, watchers, log }: NightwatchOptions, term: Term, stop: AbortSignal): Promise<void> {
  const drain = () => term.drain();
  stop.addEventListener('abort', drain);
  if (stop.aborted) drain();
  const recorder = createRecorder(store, term, log);
  const context: TermContext = { term, attempts: new OpenAttempts(), recorder, log };
  const running = watchers.map((watcher) => startWatcher(watcher, context));
  await aborted(term.draining);
  stop.removeEventListener('abort', drain);
  await drainTerm(term, finish(running, context));
  await term.release();
}

/** In order: no new passes, then what they began, then what is still to be written about it. */
async function finish(running: readonly RunningWatcher[], { recorder }: TermContext): Promise<void> {
  await Promise.all(running.map((watcher) => watcher.stop()));
  await Promise.all(running.map((watcher) => watcher[Symbol.asyncDispose]()));
  await recorder.drain();
}

async function drainTerm(term: Term, finished: Promise<void>): Promise<void> {
  const done = new AbortController();
  const finishing = finished.finally(() => done.abort());
  const sleepUnlessDone = (delayMs: number) => sleep(delayMs, undefined, { signal: AbortSignal.any([done.signal, term.ended]) }).catch(() => {});
  if (!term.ended.aborted) await sleepUnlessDone(patientDrainMs);
  if (!done.signal.aborted) term.end('draining took too long, or the lease ran out');
  while (!done.signal.aborted) {
    const hardLeftMs = term.hardLeftMs();
    if (hardLeftMs <= 0) throw new DrainError('what the term had begun did not end before its lease did');
    await sleep(hardLeftMs, undefined, { signal: done.signal }).catch(() => {});
  }
  await finishing;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** A stop is not a failure; anything else is. */
function undefinedOnceStopped(stop: AbortSignal): (error: unknown) => undefined {
  return (error) => {
    if (!stop.aborted) throw error;
  };
}
