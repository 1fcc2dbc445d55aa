import { setTimeout as delay } from 'node:timers/promises';
import type { ApiAnswer, ApiCall, ApiClient } from './api-client.ts';
import type { PlayedPod } from './played-pod.ts';
import type { PodStatus } from './pod-status.ts';

const firstPauseMs = 50;
const longestPauseMs = 1000;
/** The node that pods are put on; there is none of this name but where a test makes it. */
export const nodeName = 'nightwatch-test-node';

/** Writes to pods until the server has taken it; does nothing when the pod is gone. */
export interface PodWriter {
  /** Puts a pod on a node that does not exist, so that its deletion waits for the player. */
  bind(pod: PlayedPod, signal: AbortSignal): Promise<void>;
  report(pod: PlayedPod, status: PodStatus, signal: AbortSignal): Promise<void>;
  /** Ends a deletion, as a kubelet does once the containers have ended. */
  remove(pod: PlayedPod, signal: AbortSignal): Promise<void>;
}

/** The server refuses what the player writes: the player is wrong. */
export class PodWriteError extends Error {
  override readonly name = 'PodWriteError';
}

export function createPodWriter(client: ApiClient): PodWriter {
  return {
    async bind({ metadata: { name, namespace, uid }, spec }, signal) {
      if (spec.nodeName !== undefined) return;
      const target = { apiVersion: 'v1', kind: 'Node', name: nodeName };
      const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target };
      await insist(client, { method: 'POST', path: pathOf(namespace, name, '/binding'), body, signal });
    },
    async report({ metadata: { name, namespace } }, status, signal) {
      const path = pathOf(namespace, name, '/status');
      const contentType = 'application/strategic-merge-patch+json';
      await insist(client, { method: 'PATCH', path, body: { status }, contentType, signal });
    },
    async remove({ metadata: { name, namespace, uid } }, signal) {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid } };
      await insist(client, { method: 'DELETE', path: pathOf(namespace, name, ''), body, signal });
    },
  };
}

function pathOf(namespace: string, name: string, subresource: string): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}${subresource}`;
}

/** Repeats a call while the server is away or busy. Throws a PodWriteError when it says that the call is wrong. */
async function insist(client: ApiClient, call: ApiCall): Promise<void> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const answer = await answerOf(client, call);
    if (answer !== undefined && isSettled(call, answer)) return;
    await delay(pauseMs, undefined, { signal: call.signal });
  }
}

async function answerOf(client: ApiClient, call: ApiCall): Promise<ApiAnswer | undefined> {
  try {
    return await client.call(call);
  } catch (error) {
    // No answer, for whatever reason: all these calls may be repeated.
    if (call.signal.aborted) throw error;
    return undefined;
  }
}

function isSettled({ method }: ApiCall, { status, body }: ApiAnswer): boolean {
  if (status < 300 || status === 404) return true;
  // A patch has met another write and is tried again. A pod is bound once, and another one of its name is not deleted.
  if (status === 409) return method !== 'PATCH';
  if (status === 429 || status >= 500) return false;
  throw new PodWriteError(`${status} ${JSON.stringify(body)}`);
}
