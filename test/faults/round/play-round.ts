import { setTimeout as sleep } from 'node:timers/promises';
import type { Flavour } from '../../support/database.ts';
import { readInstallation } from '../../support/installation-row.ts';
import { startRedisServers } from '../../support/redis.ts';
import { startSystem } from '../../support/running-system.ts';
import type { SeededRandom } from '../../support/seeded-random.ts';
import { checkRound } from '../checker/check-round.ts';
import type { Bounds, Finding, JudgedRound } from '../checker/judged-round.ts';
import { type Recovery, recoveryOf } from '../checker/recovery.ts';
import type { Fault } from '../fault.ts';
import { keepRowHistory } from '../history/row-history.ts';
import { judgedRound } from './judged-round-of.ts';
import { Load } from './load.ts';
import { Round } from './round.ts';

export interface RoundOptions {
  readonly flavour: Flavour;
  readonly random: SeededRandom;
}

export interface RoundResult {
  readonly findings: readonly Finding[];
  readonly recovery: Recovery;
  readonly rows: number;
  readonly notes: readonly string[];
  /** What the findings rest on. */
  readonly judged: JudgedRound;
}

const usualBounds: Bounds = { recoveryMs: 30_000, leftoverMs: 20_000, untouchedMs: 2_500 };
const steadyMs = 1_000;
const checkEveryMs = 1_000;

/** Plays one event on servers of its own, lets the system recover, and judges the whole history. */
export async function playRound(fault: Fault, { flavour, random }: RoundOptions): Promise<RoundResult> {
  const { setUp = {} } = fault;
  const bounds = { ...usualBounds, ...setUp.bounds };
  await using resources = new AsyncDisposableStack();
  const system = resources.use(await startSystem({ auditLevel: 'History', ...setUp.controlPlane }));
  const { servers } = resources.use(await startRedisServers(setUp.redisServers ?? 1));
  const namespaces = [await system.createNamespace()];
  for (let more = setUp.untouchedNamespaces ?? 0; more > 0; more -= 1) namespaces.push(await system.createNamespace());
  const installation = resources.use(await system.prepare(flavour, { namespaces }));
  await keepRowHistory(installation.user);
  const { installation_id: installationId } = await readInstallation(installation.user);
  const untouched = new Set(namespaces.slice(1));
  const { connect } = installation;
  const loaded = setUp.isNamespaceLoaded === false ? [...untouched] : namespaces;
  const load = new Load({ namespaces: loaded, untouched, connect, random, everyMs: setUp.loadEveryMs ?? 100 });
  await using round = new Round({ flavour, random, system, installation, redis: servers, load, setUp });
  // Before the round ends its replicas, so that users never wait for servers that have gone.
  await using _ = load;
  for (let replicas = setUp.replicas ?? 2; replicas > 0; replicas -= 1) await round.startReplica();
  if (round.replicas.length > 0) await round.untilLeading();
  await sleep(steadyMs);

  await fault.play(round);

  const lastFaultAtMs = Date.now();
  await sleep(steadyMs);
  await load.stop();
  const judge = () => judgedRound(round, { installationId, lastFaultAtMs, bounds });
  await untilSound(judge, lastFaultAtMs + bounds.recoveryMs + bounds.leftoverMs);
  await round.stopReplicas();
  const judged = await judge();
  return {
    findings: checkRound(judged),
    recovery: recoveryOf(judged),
    rows: judged.expectations.length,
    notes: round.notes,
    judged,
  };
}

/** Waits until there is nothing to find, or until whatever there is has had its time. */
async function untilSound(judge: () => Promise<JudgedRound>, untilMs: number): Promise<void> {
  while (Date.now() < untilMs) {
    if (checkRound(await judge()).length === 0) return;
    await sleep(checkEveryMs);
  }
}
