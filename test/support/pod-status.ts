import type { PlayedPod } from './played-pod.ts';
import type { PodEnding, PodWait } from './pod-life.ts';

/** The part of a pod's status that the player writes, in the words of a kubelet. */
export interface PodStatus {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  readonly reason?: string;
  readonly message?: string;
  readonly startTime?: string;
  readonly conditions: readonly PodCondition[];
  readonly containerStatuses: readonly ContainerStatus[];
}

interface PodCondition {
  readonly type: 'PodScheduled' | 'Initialized' | 'ContainersReady' | 'Ready';
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime: string;
}

interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly restartCount: number;
  readonly ready: boolean;
  readonly started: boolean;
  readonly state: ContainerState;
}

type ContainerState =
  | { readonly waiting: { readonly reason: string; readonly message: string } }
  | { readonly running: { readonly startedAt: string } }
  | { readonly terminated: Termination };

interface Termination {
  readonly exitCode: number;
  readonly reason: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** All containers run and are ready. */
export function runningStatus(pod: PlayedPod, startedAt: Date): PodStatus {
  const time = timestamp(startedAt);
  return {
    phase: 'Running',
    startTime: time,
    conditions: conditions('True', time),
    containerStatuses: containerStatuses(pod, { running: { startedAt: time } }),
  };
}

/** All containers have ended in the same way; the exit code decides between Succeeded and Failed. */
export function endedStatus(
  pod: PlayedPod,
  times: { readonly startedAt: Date; readonly finishedAt: Date },
  ending: Pick<PodEnding, 'exitCode' | 'reason' | 'isEvicted'>,
): PodStatus {
  const { exitCode, reason } = ending;
  const startedAt = timestamp(times.startedAt);
  const finishedAt = timestamp(times.finishedAt);
  const succeeded = exitCode === 0;
  return {
    phase: succeeded ? 'Succeeded' : 'Failed',
    ...(ending.isEvicted && { reason: 'Evicted', message: 'The node was low on resource: memory.' }),
    startTime: startedAt,
    conditions: conditions('False', finishedAt, succeeded ? 'PodCompleted' : 'PodFailed'),
    containerStatuses: containerStatuses(pod, { terminated: { exitCode, reason, startedAt, finishedAt } }),
  };
}

/** The pod has its place, and the images of its containers cannot be had. */
export function imagePullFailureStatus(pod: PlayedPod, now: Date): PodStatus {
  const time = timestamp(now);
  const message = 'Back-off pulling image';
  return {
    phase: 'Pending',
    startTime: time,
    conditions: conditions('False', time, 'ContainersNotReady'),
    containerStatuses: containerStatuses(pod, { waiting: { reason: 'ImagePullBackOff', message } }),
  };
}

const containerWaits = {
  'image-not-found': {
    reason: 'ErrImagePull',
    message: 'rpc error: code = NotFound desc = failed to pull and unpack image: not found',
  },
  'image-unauthorized': { reason: 'ErrImagePull', message: 'failed to authorize: 401 Unauthorized' },
  'config-failure': { reason: 'CreateContainerConfigError', message: 'secret "of-the-task" not found' },
} as const;

const schedulerWords = {
  unschedulable: '0/3 nodes are available: 3 Insufficient cpu.',
  tainted: '0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: gpu}.',
} as const;

/** The pod does not start, for a cause that a node or the scheduler tells. */
export function waitingStatus(pod: PlayedPod, cause: PodWait, now: Date): PodStatus {
  const time = timestamp(now);
  if (cause === 'unschedulable' || cause === 'tainted') {
    const message = schedulerWords[cause];
    const unplaced = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
    return { phase: 'Pending', conditions: [{ ...unplaced, lastTransitionTime: time }], containerStatuses: [] };
  }
  return {
    phase: 'Pending',
    startTime: time,
    conditions: conditions('False', time, 'ContainersNotReady'),
    containerStatuses: containerStatuses(pod, { waiting: containerWaits[cause] }),
  };
}

/** The pod has ended before its containers had started. */
export function unstartedStatus(now: Date): PodStatus {
  return { phase: 'Failed', conditions: conditions('False', timestamp(now), 'PodFailed'), containerStatuses: [] };
}

/** Its node has no room for the pod, and says so. */
export function refusedStatus(now: Date): PodStatus {
  const refused = conditions('False', timestamp(now), 'PodFailed');
  const words = { reason: 'OutOfcpu', message: 'Node did not have enough resource: cpu' };
  return { phase: 'Failed', ...words, conditions: refused, containerStatuses: [] };
}

/** The pod never ran, and its message says why. */
export function rejectedStatus(now: Date, message: string): PodStatus {
  const refused = conditions('False', timestamp(now), 'PodFailed');
  return { phase: 'Failed', reason: 'InvalidLife', message, conditions: refused, containerStatuses: [] };
}

function conditions(ready: 'True' | 'False', lastTransitionTime: string, reason?: string): readonly PodCondition[] {
  const readiness = { status: ready, lastTransitionTime, ...(reason === undefined ? {} : { reason }) };
  return [
    { type: 'PodScheduled', status: 'True', lastTransitionTime },
    { type: 'Initialized', status: 'True', lastTransitionTime },
    { type: 'ContainersReady', ...readiness },
    { type: 'Ready', ...readiness },
  ];
}

function containerStatuses(pod: PlayedPod, state: ContainerState): readonly ContainerStatus[] {
  const isRunning = 'running' in state;
  return pod.spec.containers.map(({ name, image }) => {
    return { name, image, imageID: '', restartCount: 0, ready: isRunning, started: isRunning, state };
  });
}

/** Kubernetes keeps whole seconds. */
function timestamp(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
