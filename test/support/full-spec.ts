import type { TaskSpec } from '../../src/task/task-spec.ts';

/** All that a row can ask for, at once: so a limit of pods that may fail is 0, for the task as a whole is repeated. */
export const fullSpec: Required<TaskSpec> = {
  image: 'registry.example.com/team/tool:1',
  command: ['sleep'],
  args: ['60', '$(GREETING)'],
  env: { GREETING: 'hello', 'odd name': '' },
  workingDir: '/tmp',
  resources: {
    requests: { cpu: '1', memory: '1Mi', 'ephemeral-storage': '1Mi' },
    limits: { cpu: '2', memory: '1Gi', 'ephemeral-storage': '1Gi' },
  },
  imagePullPolicy: 'Always',
  imagePullSecrets: ['registry'],
  serviceAccountName: 'builder',
  labels: { team: 'data', 'example.com/mykubernetes.io': 'x' },
  annotations: { ticket: '12', 'example.com/k8s.io': '{}' },
  deadlineSeconds: 600,
  startDeadlineSeconds: 60,
  terminationGracePeriodSeconds: 5,
  backoffLimit: 0,
  parallelism: 3,
  completions: 4,
  completionMode: 'Indexed',
  backoffLimitPerIndex: 0,
  maxFailedIndexes: 1,
  podFailurePolicy: {
    rules: [
      { action: 'FailIndex', onExitCodes: { operator: 'In', values: [42, 3] } },
      {
        action: 'Count',
        onPodConditions: [{ type: 'DisruptionTarget' }, { type: 'example.com/Odd', status: 'Unknown' }],
      },
    ],
  },
  retry: {
    maxAttempts: 3,
    backOff: { initialSeconds: 1, factor: 1.5, maximumSeconds: 60, jitter: 0.2 },
    on: ['Infrastructure', 'OOMKilled', 'ImagePull', { exitCodes: [75] }],
  },
  ttlSecondsAfterFinished: 300,
  log: { tailBytes: 4096 },
};
