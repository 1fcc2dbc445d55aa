import { setTimeout as delay } from 'node:timers/promises';
import type { PlayedPod } from './played-pod.ts';
import { LifeScriptError, type PodLife } from './pod-life.ts';
import {
  endedStatus,
  imagePullFailureStatus,
  refusedStatus,
  rejectedStatus,
  runningStatus,
  unstartedStatus,
  waitingStatus,
} from './pod-status.ts';
import type { PodWriter } from './pod-writer.ts';

type Run = Extract<PodLife, { kind: 'runs' }>;

const killed = { exitCode: 137, reason: 'Error' } as const;

/** Plays what happens to a pod by itself, from the state it is in; resolves when nothing more will. */
export async function playPod(
  pod: PlayedPod,
  life: PodLife | LifeScriptError,
  writer: PodWriter,
  signal: AbortSignal,
): Promise<void> {
  if (life instanceof LifeScriptError) {
    await writer.report(pod, rejectedStatus(new Date(), life.message), signal);
    return;
  }
  switch (life.kind) {
    case 'pending':
      return;
    case 'image-pull-failure':
      await writer.report(pod, imagePullFailureStatus(pod, new Date()), signal);
      return;
    case 'waits':
      await writer.report(pod, waitingStatus(pod, life.cause, new Date()), signal);
      return;
    case 'rejected':
      await writer.report(pod, refusedStatus(new Date()), signal);
      return;
    case 'runs':
      await playRun(pod, life, writer, signal);
  }
}

/** Plays the end of a pod that is being deleted; it is gone, or waits for others' finalizers, when this resolves. */
export async function playDeletion(
  pod: PlayedPod,
  life: PodLife | LifeScriptError,
  writer: PodWriter,
  signal: AbortSignal,
): Promise<void> {
  const isRunning = pod.status.phase === 'Running';
  if (isRunning && 'stopMs' in life) await delay(life.stopMs, undefined, { signal });
  const finishedAt = new Date();
  const startedAt = startOf(pod);
  // Its controller may wait for the pod to have ended before it lets go of it.
  const status = startedAt ? endedStatus(pod, { startedAt, finishedAt }, killed) : unstartedStatus(finishedAt);
  await writer.report(pod, status, signal);
  await writer.remove(pod, signal);
}

async function playRun(pod: PlayedPod, life: Run, writer: PodWriter, signal: AbortSignal): Promise<void> {
  const startedAt = startOf(pod) ?? (await startPod(pod, life, writer, signal));
  if (life.ending === undefined) return;
  await delay(Math.max(0, startedAt.getTime() + life.ending.afterMs - Date.now()), undefined, { signal });
  await writer.report(pod, endedStatus(pod, { startedAt, finishedAt: new Date() }, life.ending), signal);
}

async function startPod(pod: PlayedPod, life: Run, writer: PodWriter, signal: AbortSignal): Promise<Date> {
  await delay(life.startAfterMs, undefined, { signal });
  // Only a deletion of a pod that has a node leaves the pod time to end.
  if (life.stopMs > 0) await writer.bind(pod, signal);
  // One write less for a pod that ends at once: bursts of these are the common case.
  if (life.ending?.afterMs !== 0) await writer.report(pod, runningStatus(pod, new Date()), signal);
  return new Date();
}

/** When it was started by an earlier player. */
function startOf(pod: PlayedPod): Date | undefined {
  const { phase, startTime } = pod.status;
  return phase === 'Running' && startTime !== undefined ? new Date(startTime) : undefined;
}
