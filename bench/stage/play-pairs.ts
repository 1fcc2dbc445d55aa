import { type Ratio, ratioOf } from '../measure/ratio.ts';
import type { ScenarioContext } from '../scenarios/scenario.ts';
import type { SubjectName } from '../subjects/start-subject.ts';
import { type MeasuredRun, playRun, type RunOptions } from './play-run.ts';

/** Runs that followed each other on the same control plane: one of each subject. */
export type Pair<Result> = ReadonlyMap<SubjectName, MeasuredRun<Result>>;

export interface PairsOptions<Result> extends Pick<RunOptions<Result>, 'play'> {
  readonly subjects: readonly SubjectName[];
}

/**
 * Plays runs of the subjects in turn, a new control plane for each turn, until there are enough pairs or the time is
 * nearly over. Who begins changes from pair to pair: the later one finds the objects of the earlier.
 */
export async function playPairs<Result>(
  context: ScenarioContext,
  { subjects, play }: PairsOptions<Result>,
): Promise<readonly Pair<Result>[]> {
  const { sizes, progress, endsAtMs } = context;
  const pairs: Pair<Result>[] = [];
  let longestMs = 0;
  while (pairs.length < sizes.pairs && performance.now() + longestMs < endsAtMs) {
    const beganAtMs = performance.now();
    const turn = pairs.length % subjects.length;
    const order = [...subjects.slice(turn), ...subjects.slice(0, turn)];
    await using stage = await context.stages.take({ namespaces: order.length });
    const runs = new Map<SubjectName, MeasuredRun<Result>>();
    for (const [index, subject] of order.entries()) {
      progress.step(`pair ${pairs.length + 1} of ${sizes.pairs}: ${subject}`);
      const namespace = stage.namespaces[index] ?? '';
      runs.set(
        subject,
        await playRun(context, stage, { subject, namespace, warmUpRows: warmUpOf(context, subject), play }),
      );
    }
    pairs.push(runs);
    longestMs = Math.max(longestMs, performance.now() - beganAtMs);
  }
  return pairs;
}

/** Plays one run of the seed's algorithm: it is too slow for pairs, and a warm-up of it would take a tick. */
export async function playSeed<Result>(
  context: ScenarioContext,
  play: RunOptions<Result>['play'],
): Promise<MeasuredRun<Result>> {
  context.progress.step("once: the seed's algorithm");
  await using stage = await context.stages.take({ namespaces: 1 });
  return await playRun(context, stage, { subject: 'seed', namespace: stage.namespaces[0] ?? '', warmUpRows: 0, play });
}

export function runsOf<Result>(pairs: readonly Pair<Result>[], subject: SubjectName): readonly MeasuredRun<Result>[] {
  return pairs.map((pair) => runOf(pair, subject));
}

/** How a value of nightwatch's runs compares with that of another subject's, pair by pair. */
export function nightwatchTo<Result>(
  pairs: readonly Pair<Result>[],
  other: SubjectName,
  value: (run: MeasuredRun<Result>) => number,
): Ratio {
  return ratioOf(pairs.map((pair) => [value(runOf(pair, 'nightwatch')), value(runOf(pair, other))] as const));
}

/** The raw POSTs are started by their own: nothing is to be warmed up. */
function warmUpOf({ sizes }: ScenarioContext, subject: SubjectName): number {
  return subject === 'raw POSTs' ? 0 : sizes.warmUpRows;
}

function runOf<Result>(pair: Pair<Result>, subject: SubjectName): MeasuredRun<Result> {
  const run = pair.get(subject);
  if (!run) throw new Error(`there was no run of ${subject}`);
  return run;
}
