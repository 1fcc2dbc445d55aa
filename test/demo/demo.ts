import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { programVersion } from '../../src/version.ts';
import { seedInserts } from '../support/seed-table.ts';
import { type DemoSystem, longestSleepMs, startDemoSystem } from './demo-system.ts';
import { type FollowOutcome, followTasks } from './follow-tasks.ts';
import { createProgress } from './progress.ts';
import { taskView } from './task-view.ts';

const endWithinMs = 120_000;
const shownLogLines = 40;

const output = process.stdout;
const progress = createProgress(output);
/** Nobody is there to look on and to end it: it ends by itself. */
const isUnattended = !output.isTTY || process.env.DEMO_ONCE === '1';
// It shows its own cluster, whichever one the tests are to use.
process.env.NIGHTWATCH_TEST_KUBECONFIG = '';

process.exitCode = await demonstrate();

/** From nothing to rows that become Jobs, and back to nothing; returns the exit code. */
async function demonstrate(): Promise<number> {
  progress.say(`nightwatch ${programVersion}: a demonstration on this machine, of which nothing is left afterwards\n`);
  const startedAtMs = performance.now();
  const system = await startDemoSystem(progress);
  const invitation = isUnattended ? '' : ` In a second terminal, as often as you like:\n\n${system.secondTerminal}`;
  progress.say(`\nReady after ${secondsSince(startedAtMs)}.${invitation}`);
  try {
    const { result } = await show(system);
    return result === 'failed' ? 1 : 0;
  } finally {
    await stop(system);
  }
}

async function show(system: DemoSystem): Promise<FollowOutcome> {
  const { user, nightwatch } = system;
  progress.say(introduction());
  for (const insert of seedInserts) await user.query(insert);
  using view = taskView(output);
  const died = new AbortController();
  void nightwatch.process.exited.then(() => died.abort());
  const signal = AbortSignal.any([interrupted(), died.signal]);
  const untilEndedWithinMs = isUnattended ? endWithinMs : undefined;
  const followed = await followTasks({ user, view, untilEndedWithinMs, signal });
  const outcome: FollowOutcome = died.signal.aborted ? { result: 'failed', reason: 'nightwatch has ended' } : followed;
  if (outcome.result === 'failed') await complain(outcome.reason, nightwatch.logFile);
  return outcome;
}

function introduction(): string {
  const end = isUnattended ? '' : ' Ctrl-C ends it all.';
  return `\nTwo rows go in; their sleeps of 60 and 3600 s last ${longestSleepMs / 1000} s here.${end}\n`;
}

async function complain(reason: string, logFile: string): Promise<void> {
  const log = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-shownLogLines).join('\n');
  process.stderr.write(`\nThe demonstration went wrong: ${reason}\n--- the last lines of nightwatch's log\n${log}\n`);
}

async function stop(system: DemoSystem): Promise<void> {
  const startedAtMs = performance.now();
  progress.say('\nStopping nightwatch, the stand-in, Kubernetes, Redis and MariaDB …');
  await system[Symbol.asyncDispose]();
  progress.say(`Stopped after ${secondsSince(startedAtMs)}; nothing is left.`);
}

/** Until here a signal ends the process at once, and what it has started with it; a second one does so again. */
function interrupted(): AbortSignal {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  return interruption.signal;
}

function secondsSince(startMs: number): string {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
}
