import { mkdir } from 'node:fs/promises';
import { startRedis } from '../test/support/redis.ts';
import { readChoices } from './choices.ts';
import { playScenario } from './play-scenario.ts';
import { keepResults } from './report/keep-results.ts';
import { createProgress } from './report/progress.ts';
import type { ScenarioResult } from './report/results.ts';
import { showResult } from './report/show-result.ts';
import { freshStages, sharedStages } from './stage/stage.ts';

/*
 * `make bench`: plays all scenarios, or those that SCENARIO names, shows what they came to, and keeps it. The README
 * beside this file says what there is to choose. Ctrl-C ends the scenario and keeps what the earlier ones came to.
 */

// It kills and counts processes: those of a cluster of its own, whatever other cluster the tests may use.
process.env.NIGHTWATCH_TEST_KUBECONFIG = '';

const choices = readChoices(process.env);
const progress = createProgress(process.stdout);
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
if (choices.profileFolder !== undefined) await mkdir(choices.profileFolder, { recursive: true });

await using stages = choices.isFresh ? freshStages() : sharedStages();
await using redis = await startRedis();
const results: ScenarioResult[] = [];
for (const scenario of choices.scenarios) {
  if (interrupted.signal.aborted) break;
  progress.say(`\n${scenario.number}. ${scenario.name}: ${scenario.what}`);
  try {
    const surroundings = { choices, stages, redisUrl: redis.url, progress, signal: interrupted.signal };
    const result = await playScenario(scenario, surroundings);
    results.push(result);
    progress.say(showResult(result));
    await keepResults(choices.outputFolder, results);
  } catch (error) {
    // One that fails must not cost the others.
    process.exitCode = 1;
    progress.say(`${scenario.name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
progress.say(
  choices.outputFolder === undefined
    ? '\nNot kept: the sizes are not the whole benchmark’s, and OUTPUT names no folder.'
    : `\nKept in ${choices.outputFolder}`,
);
