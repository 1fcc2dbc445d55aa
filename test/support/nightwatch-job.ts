import type { V1Job } from '@kubernetes/client-node';
import { buildJob } from '../../src/task/job-manifest.ts';
import type { LaunchPolicy } from '../../src/task/policy.ts';
import type { TaskSpec } from '../../src/task/task-spec.ts';
import { aClaimedTask, aPolicy, aSpec } from './builders.ts';

/** A Job to the letter as nightwatch creates it. */
export function aNightwatchJob(job: {
  readonly name: string;
  readonly namespace: string;
  readonly spec?: Partial<TaskSpec>;
  readonly policy?: Partial<LaunchPolicy>;
}): V1Job {
  const { name, namespace, spec, policy } = job;
  return buildJob(aClaimedTask({ jobName: name, namespace }), aSpec(spec), aPolicy(policy));
}
