import { setTimeout as sleep } from 'node:timers/promises';
import { drainTerm } from './leader/drain-term.ts';
import type { Elector } from './leader/elector.ts';
import type { Term } from './leader/term.ts';
import type { Logger } from './log.ts';
import { endStoreCalls } from './store/end-store-calls.ts';
import { Conclusions } from './watchers/conclusions.ts';
import { LogKeeper } from './watchers/logs/log-keeper.ts';
import { OpenAttempts } from './watchers/open-attempts.ts';
import { createRecorder } from './watchers/recorder.ts';
import { type RunningWatcher, type ScheduledWatcher, startWatcher } from './watchers/scheduled-watcher.ts';
import type { Installation, TermContext } from './watchers/watcher.ts';

export interface NightwatchOptions {
  readonly elector: Elector;
  readonly watchers: readonly ScheduledWatcher[];
  /** Reads which installation the database is; a new term may find it restored to another one. */
  readonly openInstallation: () => Promise<Installation>;
  /** For how long the database or the cluster has been out of reach, milliseconds. */
  readonly troubleMs: () => number;
  /** Between two campaigns, milliseconds. */
  readonly campaignMs: number;
  /** Told of the term that begins, and of undefined when it has ended. */
  readonly onTerm: (term: Term | undefined) => void;
  readonly log: Logger;
}

/** A leader that reaches the database or the cluster no more is worse than none. */
const longestTroubleMs = 15_000;
const vitalSignsMs = 1_000;
/** So long the lead is left to others after this replica gave it up. */
const campaignsStoodBack = 10;

/**
 * The story: campaign, run the watchers, drain, release, campaign again, until the stop signal.
 *
 * Throws a DrainError when what an ended term had begun could not be stopped in time: the process must end then.
 */
export async function nightwatch(options: NightwatchOptions, stop: AbortSignal): Promise<void> {
  const { elector, onTerm, campaignMs } = options;
  while (!stop.aborted) {
    const term = await elector.campaign(stop).catch(undefinedOnceStopped(stop));
    if (!term) return;
    onTerm(term);
    await lead(options, term, stop);
    onTerm(undefined);
    const restMs = term.wasGivenUp ? campaignsStoodBack * campaignMs : campaignMs;
    await sleep(restMs, undefined, { signal: stop }).catch(undefinedOnceStopped(stop));
  }
}

/** Leads until the term ends or the stop signal comes; gives the lock back last, when nothing acts any more. */
async function lead(options: NightwatchOptions, term: Term, stop: AbortSignal): Promise<void> {
  const drain = () => term.drain();
  stop.addEventListener('abort', drain);
  if (stop.aborted) drain();
  try {
    const context = await openTerm(options, term);
    if (context) await runWatchers(options, context);
    await term.release();
  } finally {
    stop.removeEventListener('abort', drain);
  }
}

async function openTerm({ openInstallation, log }: NightwatchOptions, term: Term): Promise<TermContext | undefined> {
  try {
    const installation = await openInstallation();
    const store = endStoreCalls(installation.store, term.ended);
    const attempts = new OpenAttempts();
    const recorder = createRecorder(store, term, log);
    const shared = { ...installation, store, term, attempts, recorder, log };
    return { ...shared, conclusions: new Conclusions(shared), logs: new LogKeeper(shared) };
  } catch (error) {
    log.warn({ err: error, epoch: term.epoch }, 'the database does not say which installation it is');
    term.giveUp('the term could not begin');
    return undefined;
  }
}

async function runWatchers({ watchers, troubleMs }: NightwatchOptions, context: TermContext): Promise<void> {
  const { term } = context;
  const running = watchers.map((watcher) => startWatcher(watcher, context));
  const vitalSigns = setInterval(() => {
    if (troubleMs() > longestTroubleMs) term.giveUp('the database or the cluster cannot be used');
  }, vitalSignsMs);
  await aborted(term.draining);
  clearInterval(vitalSigns);
  await drainTerm(term, finish(running, context));
}

/** In order: no new passes, then what they began, then what is still to be written about it. */
async function finish(running: readonly RunningWatcher[], { conclusions, recorder }: TermContext): Promise<void> {
  await Promise.all(running.map((watcher) => watcher.stop()));
  await Promise.all(running.map((watcher) => watcher[Symbol.asyncDispose]()));
  await conclusions.drain();
  await recorder.drain();
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}

/** A stop is not a failure; anything else is. */
function undefinedOnceStopped(stop: AbortSignal): (error: unknown) => undefined {
  return (error) => {
    if (!stop.aborted) throw error;
  };
}
