import { setTimeout as sleep } from 'node:timers/promises';
import { createsJob } from '../../support/api-proxy.ts';
import type { Round } from '../round/round.ts';
import type { RoundReplica } from '../round/round-replica.ts';
import { usualLives } from '../round/usual-lives.ts';
import { fickleLives } from './fickle-lives.ts';

/** A fault that ends by itself; replicas that it has ended are started again by others. */
export type Disturbance = (round: Round) => Promise<void>;

/** What goes wrong in a soak, by the name that its log tells. */
export const disturbances: Readonly<Record<string, Disturbance>> = {
  'leader killed': async (round) => (await leaderOf(round)).process.kill('SIGKILL'),
  'leader stopped': async (round) => (await leaderOf(round)).process.kill('SIGTERM'),
  'leader paused': async (round) => {
    const { process } = await leaderOf(round);
    process.kill('SIGSTOP');
    await sleep(round.random.between(500, 6_000));
    process.kill('SIGCONT');
  },
  'Redis restarted empty': async ({ redis: [server] }) => server?.restart({ keepData: false }),
  'leader cut off from Redis': (round) => cutOff(round, ({ redis: [way] }) => way),
  'leader cut off from the database': (round) => cutOff(round, ({ database }) => database),
  'leader cut off from the API server': (round) => cutOff(round, ({ api }) => api),
  'database killed': async (round) => {
    const server = await round.system.databaseServer(round.flavour);
    // With the lean settings of tests a server forgets the last second when it is killed, which none may.
    await server.runAsRoot(['SET GLOBAL innodb_flush_log_at_trx_commit = 1', 'FLUSH ENGINE LOGS']);
    server.process.kill('SIGKILL');
    await server.restart();
  },
  'database paused': async (round) => {
    const { process } = await round.system.databaseServer(round.flavour);
    process.kill('SIGSTOP');
    await sleep(round.random.between(500, 8_000));
    process.kill('SIGCONT');
  },
  'API server killed': async ({ system }) => {
    const { apiServer } = system.cluster.controlPlane;
    apiServer.kill('SIGKILL');
    await apiServer.start();
  },
  'answers to creates lost': async (round) => {
    const how = (['end', 'error', 'silence'] as const)[round.random.between(0, 2)] ?? 'end';
    for (const { ways } of running(round)) ways.requests.intercept(createsJob, { kind: 'lose the answer', how }, 5);
    await round.submitBatch(freshPrefix(), 20);
  },
  'creates refused': async (round) => {
    const status = [429, 500, 503][round.random.between(0, 2)] ?? 500;
    const refusals = running(round).map(({ ways }) =>
      ways.requests.intercept(createsJob, { kind: 'answer', status, headers: { 'retry-after': '1' } }),
    );
    await sleep(round.random.between(500, 3_000));
    for (const refusal of refusals) refusal.stop();
  },
  'watches cut': async (round) => {
    for (const { ways } of running(round)) ways.requests.cutWatches();
  },
  'watches silent': async (round) => {
    const silent = running(round);
    for (const { ways } of silent) ways.requests.silenceWatches();
    await sleep(round.random.between(500, 5_000));
    for (const { ways } of silent) ways.requests.passWatches();
  },
  'rows held by their user': async (round) => {
    const user = await round.installation.connect();
    try {
      await user.beginTransaction();
      await user.query('SELECT id FROM task WHERE finished_at IS NULL ORDER BY id LIMIT 50 FOR UPDATE SKIP LOCKED');
      await sleep(round.random.between(500, 4_000));
    } finally {
      user.destroy();
    }
  },
  'many rows at once': (round) => round.submitBatch(freshPrefix(), 150),
  'users change their minds': async (round) => {
    for (let sets = 0; sets < setsOfLives; sets += 1) round.load.live(freshPrefix(), [...usualLives, ...fickleLives]);
  },
  'ends cleaned up': async ({ installation }) => {
    const user = await installation.connect();
    try {
      // As if their time had come.
      await user.query(
        'UPDATE task_attempt SET clean_up_at = finished_at WHERE clean_up_at > finished_at AND ending IS NULL LIMIT 100',
      );
    } finally {
      user.destroy();
    }
  },
};

const setsOfLives = 4;

let batches = 0;

function freshPrefix(): string {
  batches += 1;
  return `soak-${batches}`;
}

export function running({ replicas }: Round): readonly RoundReplica[] {
  return replicas.filter(({ process }) => process.isRunning);
}

async function leaderOf(round: Round): Promise<RoundReplica> {
  return (await round.untilLeading({ timeoutMs: 60_000 })).leader;
}

async function cutOff(
  round: Round,
  wayOf: (ways: RoundReplica['ways']) => RoundReplica['ways']['database'] | undefined,
): Promise<void> {
  const way = wayOf((await leaderOf(round)).ways);
  if (round.random.between(0, 1) === 0) way?.silence();
  else way?.reset();
  await sleep(round.random.between(500, 10_000));
  way?.pass();
}
