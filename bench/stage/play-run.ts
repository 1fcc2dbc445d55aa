import { warmUp } from '../load/warm-up.ts';
import { type MachineUse, measureMachine } from '../measure/machine.ts';
import { measureCpu } from '../measure/process-use.ts';
import type { ScenarioContext } from '../scenarios/scenario.ts';
import { type RunningSubject, type SubjectName, startSubject } from '../subjects/start-subject.ts';
import { openScene } from './open-scene.ts';
import { preparePlace } from './place.ts';
import type { Scene } from './scene.ts';
import type { Stage } from './stage.ts';

/** Processor seconds, by who used them. */
export interface CpuUse {
  readonly subject: number;
  readonly database: number;
  readonly apiServer: number;
  readonly etcd: number;
  readonly bench: number;
}

/** What a run of a subject came to, and what it cost from the end of the warm-up on. */
export interface MeasuredRun<Result> {
  readonly subject: SubjectName;
  readonly result: Result;
  readonly cpu: CpuUse;
  readonly machine: MachineUse;
  /** The share of the machine that programs used which have nothing to do with it, and the kernel. */
  readonly foreign: number;
  /** How often the benchmark's own watch broke off: events came late then. */
  readonly watchInterruptions: number;
}

export interface RunOptions<Result> {
  readonly subject: SubjectName;
  readonly namespace: string;
  readonly warmUpRows: number;
  readonly play: (scene: Scene, subject: RunningSubject) => Promise<Result>;
}

/** A run that takes longer has got stuck. */
const longestRunMs = 360_000;

/** Starts a subject on a place of its own, warms it up, and measures what is played. */
export async function playRun<Result>(
  context: ScenarioContext,
  stage: Stage,
  { subject: name, namespace, warmUpRows, play }: RunOptions<Result>,
): Promise<MeasuredRun<Result>> {
  await using place = await preparePlace({ server: context.server, namespace, kubeconfig: stage.kubeconfig });
  await using subject = await startSubject(name, place, context.subjectSettings);
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(longestRunMs), subject.gone]);
  await using scene = await openScene(stage, place, signal);
  await warmUp({ scene, rows: warmUpRows });
  const [endMachine, endCpu] = await Promise.all([measureMachine(), measureCpu(pidsOf(context, stage, subject))]);
  const result = await play(scene, subject);
  const [machine, cpu] = await Promise.all([endMachine(), endCpu()]);
  const foreign = foreignShare(machine, cpu);
  return { subject: name, result, cpu, machine, foreign, watchInterruptions: scene.jobs.interruptions };
}

function foreignShare({ steal, idle, seconds }: MachineUse, cpu: CpuUse): number {
  const ours = Object.values<number>({ ...cpu }).reduce((sum, used) => sum + used, 0);
  return Math.max(0, 1 - steal - idle - ours / seconds);
}

function pidsOf({ server }: ScenarioContext, { cluster }: Stage, subject: RunningSubject): CpuUse {
  const { apiServer, etcd } = cluster.controlPlane;
  return {
    subject: subject.process.pid,
    database: server.process.pid,
    apiServer: apiServer.process.pid,
    etcd: etcd.process.pid,
    bench: process.pid,
  };
}
