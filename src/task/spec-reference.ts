import { defaultBackOff, maximumSetbacks } from './retry-policy.ts';

/** What the reference says of a key of `info`; its type and most of its limits the schema knows. */
export interface KeyReference {
  /** A sentence without its full stop: for the README, and for editors, which show it beside the key. */
  readonly what: string;
  /** What holds when it is left out. */
  readonly absence: string;
  /** What the schema does not know. */
  readonly limits?: string;
  /** The settings by which an operator allows less. */
  readonly settings?: readonly string[];
  /** `pod.` is `spec.template.spec.`, `container.` is `spec.template.spec.containers[0].` */
  readonly field: string;
}

/** All keys of `info`, in the order of the schema; a key that is an object of settings is told of key by key. */
export const specReference: Readonly<Record<string, KeyReference>> = {
  image: {
    what: 'The image to run',
    absence: 'required',
    settings: ['NIGHTWATCH_IMAGES'],
    field: 'container.image',
  },
  command: {
    what: 'What to run instead of the entry point of the image; `$(NAME)` stands for a variable, here and in `args`',
    absence: "the image's entry point",
    field: 'container.command',
  },
  args: { what: 'The arguments of the command', absence: "the image's", field: 'container.args' },
  env: {
    what: 'Environment variables',
    absence: 'none but ours, see below',
    limits: 'names are printable ASCII without `=`, and do not begin with `NIGHTWATCH_`',
    field: 'container.env',
  },
  workingDir: {
    what: 'The directory in which the command starts',
    absence: "the image's",
    limits: 'an absolute path',
    field: 'container.workingDir',
  },
  'resources.requests': {
    what: 'What is reserved for each pod',
    absence: 'nothing',
    limits: 'quantities as strings (`"500m"`, `"256Mi"`), none above its limit',
    settings: ['NIGHTWATCH_MAX_CPU', 'NIGHTWATCH_MAX_MEMORY'],
    field: 'container.resources.requests',
  },
  'resources.limits': {
    what: 'What each pod may use at most',
    absence: "the operator's maxima, if any",
    limits: 'more than 0',
    settings: ['NIGHTWATCH_MAX_CPU', 'NIGHTWATCH_MAX_MEMORY'],
    field: 'container.resources.limits',
  },
  imagePullPolicy: {
    what: 'When the node pulls the image',
    absence: 'that of Kubernetes',
    field: 'container.imagePullPolicy',
  },
  imagePullSecrets: {
    what: 'The Secrets of the namespace by which the image is pulled',
    absence: 'none',
    field: 'pod.imagePullSecrets',
  },
  serviceAccountName: {
    what: 'The account that the pods run under',
    absence: "the namespace's `default`",
    settings: ['NIGHTWATCH_SERVICE_ACCOUNTS'],
    field: 'pod.serviceAccountName',
  },
  labels: {
    what: 'Labels of the Job and its pods',
    absence: 'none',
    limits: 'no key under `nightwatch.dev`, `kubernetes.io`, `k8s.io`',
    field: 'metadata.labels',
  },
  annotations: {
    what: 'Annotations of the Job and its pods',
    absence: 'none',
    limits: 'keys as those of labels, any text as value',
    field: 'metadata.annotations',
  },
  deadlineSeconds: {
    what: 'After how long the Job is stopped, from its start, all its pods together',
    absence: '`NIGHTWATCH_MAX_DEADLINE`, if set',
    settings: ['NIGHTWATCH_MAX_DEADLINE'],
    field: 'spec.activeDeadlineSeconds',
  },
  startDeadlineSeconds: {
    what: 'After how long an attempt is ended of which no pod has started',
    absence: '`NIGHTWATCH_MAX_START_DEADLINE`, if set',
    settings: ['NIGHTWATCH_MAX_START_DEADLINE'],
    field: annotation('start-deadline-seconds'),
  },
  terminationGracePeriodSeconds: {
    what: 'How long a pod that is asked to stop may take before it is killed',
    absence: '30',
    settings: ['NIGHTWATCH_MAX_TERMINATION_GRACE'],
    field: 'pod.terminationGracePeriodSeconds',
  },
  backoffLimit: {
    what: 'How many pods may fail and be replaced before the Job has failed',
    absence: '0; no limit beside `backoffLimitPerIndex`',
    limits: '0 beside `retry`',
    field: 'spec.backoffLimit',
  },
  parallelism: {
    what: 'How many pods run at a time',
    absence: '1',
    settings: ['NIGHTWATCH_MAX_PARALLELISM'],
    field: 'spec.parallelism',
  },
  completions: {
    what: 'How many pods have to succeed',
    absence: 'that of Kubernetes: 1 without `parallelism`',
    field: 'spec.completions',
  },
  completionMode: {
    what: 'Whether each completion has an index of its own, from 0, which its pod finds in `JOB_COMPLETION_INDEX`',
    absence: '`NonIndexed`',
    limits: '`Indexed` needs `completions`, and a name without dots',
    field: 'spec.completionMode',
  },
  backoffLimitPerIndex: {
    what: 'How many pods of one index may fail and be replaced before the index has failed',
    absence: 'none: any pod counts for `backoffLimit`',
    limits: 'only with `Indexed`; 0 beside `retry`',
    field: 'spec.backoffLimitPerIndex',
  },
  maxFailedIndexes: {
    what: 'How many indexes may fail before the Job stops the others',
    absence: 'none is stopped',
    limits: 'no more than `completions`, 10000 of more than 100000; only with `backoffLimitPerIndex`',
    field: 'spec.maxFailedIndexes',
  },
  'podFailurePolicy.rules': {
    what: 'What a failed pod means, by its exit code or its conditions: the first rule that matches decides',
    absence: 'each counts for `backoffLimit`',
    limits:
      'each has an `action` (`FailJob`, `Ignore`, `Count`, `FailIndex`) and either `onExitCodes` (an `operator`, `In` or `NotIn`, and up to 255 `values`) or `onPodConditions` (up to 20, each a `type`, and a `status` unless it is `"True"`); no `Ignore` beside `retry`',
    field: 'spec.podFailurePolicy.rules',
  },
  'retry.maxAttempts': {
    what: `How many attempts the task has, the first one included; up to ${maximumSetbacks} more whose container never started`,
    absence: 'required in `retry`',
    settings: ['NIGHTWATCH_MAX_ATTEMPTS'],
    field: annotation('retry'),
  },
  'retry.backOff.initialSeconds': {
    what: 'How long nightwatch waits before the second attempt',
    absence: `${defaultBackOff.initialSeconds}`,
    limits: 'no more than `maximumSeconds`',
    field: annotation('retry'),
  },
  'retry.backOff.factor': {
    what: 'How much longer each further wait is',
    absence: `${defaultBackOff.factor}`,
    field: annotation('retry'),
  },
  'retry.backOff.maximumSeconds': {
    what: 'The longest wait',
    absence: `${defaultBackOff.maximumSeconds}`,
    field: annotation('retry'),
  },
  'retry.backOff.jitter': {
    what: 'The part of each wait that is at most taken off at random',
    absence: `${defaultBackOff.jitter}`,
    field: annotation('retry'),
  },
  'retry.on': {
    what: 'Which failures are repeated: classes, reasons, exit codes',
    absence: 'all three classes',
    field: annotation('retry'),
  },
  ttlSecondsAfterFinished: {
    what: 'How long after its end nightwatch deletes the Job, once its exit code and log are stored',
    absence: '`NIGHTWATCH_CLEAN_UP_AFTER`',
    limits: 'never before 90 s',
    settings: ['NIGHTWATCH_MAX_CLEAN_UP_AFTER'],
    field: annotation('clean-up-seconds'),
  },
  log: {
    what: 'How many bytes are kept of the end of the log',
    absence: '`NIGHTWATCH_KEEP_LOG`',
    settings: ['NIGHTWATCH_MAX_LOG'],
    field: annotation('log-bytes'),
  },
};

function annotation(name: string): string {
  return `metadata.annotations[nightwatch.dev/${name}]`;
}
