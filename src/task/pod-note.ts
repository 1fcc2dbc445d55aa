import { failureOfPod, type PodReason, waitOfPod } from './pod-reasons.ts';
import { hasStarted, isTerminal, type PodView } from './pod-view.ts';
import type { Reason } from './reasons.ts';

/** How a pod of an attempt ended. */
export interface PodEnd {
  readonly podUid: string;
  /** Undefined of one that succeeded, or that does not say. */
  readonly failure: PodReason | undefined;
  readonly exitCode: number | undefined;
  /** Whether its container ran at all. */
  readonly started: boolean;
  readonly atMs: number;
}

/** All that is kept of an attempt's pods; undefined instead while there is nothing to say, as of most that run. */
export interface PodNote {
  /** Of the Job whose pods these are. */
  readonly jobUid: string;
  /** The pod that waits, and why it does not start. */
  readonly waiting: (PodReason & { readonly podUid: string }) | undefined;
  /** What one waited for last; kept when it is gone, until one has started. */
  readonly waited: PodReason | undefined;
  /** The end that says most: of a pod that failed before that of one that did not, then the latest. */
  readonly end: PodEnd | undefined;
  /** Why no pod can be made. */
  readonly refusal: PodReason | undefined;
}

/** What is kept once a pod of a Job was seen, or seen to go. */
export function notePod(note: PodNote | undefined, pod: PodView, isGone: boolean = false): PodNote | undefined {
  const { jobUid } = pod;
  if (jobUid === undefined) return note;
  const known = note?.jobUid === jobUid ? note : undefined;
  const waiting = waitingAfter(known, pod, isGone);
  const waited = hasStarted(pod) ? undefined : (waiting ?? known?.waited);
  const end = endAfter(known?.end, pod);
  if (waiting === undefined && waited === undefined && end === undefined) return undefined;
  // There is a pod, so none is refused.
  return { jobUid, waiting, waited, end, refusal: undefined };
}

/** What is kept once it was learnt that a Job's pods are refused, or no longer are. */
export function noteRefusal(jobUid: string, refusal: PodReason | undefined): PodNote | undefined {
  return refusal && { jobUid, waiting: undefined, waited: undefined, end: undefined, refusal };
}

/** The end that several pods come to together. */
export function endOfPods(pods: readonly PodView[]): PodEnd | undefined {
  return pods.reduce<PodEnd | undefined>(endAfter, undefined);
}

function waitingAfter(known: PodNote | undefined, pod: PodView, isGone: boolean): PodNote['waiting'] {
  const before = known?.waiting;
  const wait = isGone ? undefined : waitOfPod(pod);
  const isSame = before?.podUid === pod.uid;
  if (wait === undefined) return isSame ? undefined : before;
  if (isSame && isNoNews(before.reason, wait.reason)) return before;
  // With several that wait, the first one that was seen speaks, so that the row does not change with every event.
  if (before !== undefined && !isSame) return before;
  return { ...wait, podUid: pod.uid };
}

/** A node tries again and again, in changing words, and while it rests may not say why: what it said first still holds. */
function isNoNews(before: Reason, after: Reason): boolean {
  if (after === 'ImagePull.Other') return before.startsWith('ImagePull.');
  return before === after && (after.startsWith('ImagePull.') || after === 'ContainerConfig');
}

function endAfter(before: PodEnd | undefined, pod: PodView): PodEnd | undefined {
  if (!isTerminal(pod)) return before;
  const end: PodEnd = {
    podUid: pod.uid,
    failure: failureOfPod(pod),
    exitCode: pod.ended?.exitCode,
    started: hasStarted(pod),
    atMs: pod.ended?.finishedAtMs ?? pod.createdAtMs,
  };
  return before === undefined || before.podUid === end.podUid || compare(before, end) < 0 ? end : before;
}

/** By what they are, not by when they came: events come in any order. */
function compare(left: PodEnd, right: PodEnd): number {
  const byFailure = Number(left.failure !== undefined) - Number(right.failure !== undefined);
  return byFailure || left.atMs - right.atMs || (left.podUid < right.podUid ? -1 : 1);
}
