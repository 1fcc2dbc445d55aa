import type { Executor } from '../../../src/executors/executor.ts';
import {
  createKubernetesExecutor as createReal,
  type KubernetesExecutorOptions,
} from '../../../src/executors/kubernetes/kubernetes-executor.ts';
import { crashPointHere, withCrashPoint } from './crash-points.ts';

export function createKubernetesExecutor(options: KubernetesExecutorOptions): Executor {
  const { point, die } = crashPointHere();
  return withCrashPoint(createReal(options), point, die);
}
