import type { RowDataPacket } from 'mysql2/promise';
import { type Flavour, startDatabase } from '../test/support/database.ts';
import type { DatabaseServer } from '../test/support/database-server.ts';
import type { Choices } from './choices.ts';
import { describeMachine } from './measure/machine.ts';
import type { Progress } from './report/progress.ts';
import type { ScenarioResult } from './report/results.ts';
import type { Scenario } from './scenarios/scenario.ts';
import type { Stages } from './stage/stage.ts';
import { startOfImage } from './subjects/image-start.ts';

/** What scenarios share. */
export interface Surroundings {
  readonly choices: Choices;
  readonly stages: Stages;
  readonly redisUrl: string;
  readonly progress: Progress;
  /** Ends everything early. */
  readonly signal: AbortSignal;
}

/** Unlike the tests' servers: a commit is on the disk before it is acknowledged, and the rows fit into memory. */
const databaseArguments: Readonly<Record<Flavour, readonly string[]>> = {
  mariadb: ['--innodb-flush-log-at-trx-commit=1', '--innodb-buffer-pool-size=512M', '--innodb-log-file-size=256M'],
  mysql: ['--innodb-flush-log-at-trx-commit=1', '--innodb-buffer-pool-size=512M', '--innodb-redo-log-capacity=256M'],
};

/** Plays one scenario on a database server of its own, within its time. */
export async function playScenario(scenario: Scenario, surroundings: Surroundings): Promise<ScenarioResult> {
  const { choices, stages, redisUrl, progress, signal } = surroundings;
  const { sizes, flavour } = choices;
  const beganAtMs = performance.now();
  const isOver = new AbortController();
  const timer = setTimeout(
    () => isOver.abort(new Error(`it had not ended after ${sizes.scenarioSeconds} s`)),
    sizes.scenarioSeconds * 1_000,
  );
  const extraArguments = [...databaseArguments[flavour], ...(scenario.databaseArguments?.[flavour] ?? [])];
  try {
    await using server = await startDatabase(flavour, { extraArguments });
    const findings = await scenario.run({
      ...{ sizes, stages, server, progress },
      subjectSettings: {
        redisUrl,
        image: await startOfImage(),
        intervalMs: sizes.intervalMs,
        seedTickMs: sizes.seedTickMs,
        rawPosts: sizes.warmUpRows + sizes.burstRows,
        profileFolder: choices.profileFolder,
      },
      endsAtMs: beganAtMs + sizes.scenarioSeconds * 1_000,
      signal: AbortSignal.any([signal, isOver.signal]),
    });
    const { number, name, what } = scenario;
    return {
      ...{ number, name, what, database: flavour, changedSizes: [...choices.changedSizes] },
      server: await nameOf(server),
      machine: describeMachine(),
      takenAt: new Date().toISOString(),
      tookSeconds: Math.round((performance.now() - beganAtMs) / 1_000),
      ...findings,
    };
  } finally {
    clearTimeout(timer);
  }
}

const productNames = { mariadb: 'MariaDB', mysql: 'MySQL' } as const;

async function nameOf(server: DatabaseServer): Promise<string> {
  await using database = await server.createDatabase();
  const connection = await database.connect();
  const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
  connection.destroy();
  const version = /^[\d.]+/.exec(String(rows[0]?.version))?.[0] ?? '';
  return `${productNames[server.flavour]} ${version}`;
}
