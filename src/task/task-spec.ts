import type { RetryCause } from './failure-class.ts';

/** The amounts that one container asks for or is limited to, as Kubernetes quantities. */
export interface ResourceAmounts {
  readonly cpu?: string;
  readonly memory?: string;
  readonly 'ephemeral-storage'?: string;
}

export const imagePullPolicies = ['Always', 'IfNotPresent', 'Never'] as const;
export const completionModes = ['NonIndexed', 'Indexed'] as const;
export const podFailureActions = ['FailJob', 'Ignore', 'Count', 'FailIndex'] as const;
export const exitCodeOperators = ['In', 'NotIn'] as const;
export const conditionStatuses = ['True', 'False', 'Unknown'] as const;

/** What a failed pod means for its Job, where exactly one of the two patterns matches. */
export interface PodFailureRule {
  readonly action: (typeof podFailureActions)[number];
  /** Of the task's container, the only one. */
  readonly onExitCodes?: { readonly operator: (typeof exitCodeOperators)[number]; readonly values: readonly number[] };
  /** One of them has to match; a status that is left out is True. */
  readonly onPodConditions?: readonly {
    readonly type: string;
    readonly status?: (typeof conditionStatuses)[number];
  }[];
}

/** How a task that failed is repeated by nightwatch, as a row says it. */
export interface RetrySpec {
  /** The first one included. */
  readonly maxAttempts: number;
  readonly backOff?: {
    readonly initialSeconds?: number;
    readonly factor?: number;
    readonly maximumSeconds?: number;
    /** The part of each pause that is at most taken off at random, 0 to 1. */
    readonly jitter?: number;
  };
  /** What is repeated; all classes of failures when left out. */
  readonly on?: readonly RetryCause[];
}

/**
 * What a row may ask for in `info`, and nothing else.
 *
 * Deliberately no PodSpec: each field was let in by name, so what it can reach on a node is known.
 */
export interface TaskSpec {
  readonly image: string;
  /** Replaces the image's entry point; Kubernetes expands `$(NAME)` from env here and in args. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  /** For each pod. */
  readonly resources?: { readonly requests?: ResourceAmounts; readonly limits?: ResourceAmounts };
  readonly imagePullPolicy?: (typeof imagePullPolicies)[number];
  /** Names of Secrets in the task's namespace. */
  readonly imagePullSecrets?: readonly string[];
  readonly serviceAccountName?: string;
  /** On the Job and its pods, as are annotations. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Counted from the Job's start, all its pods and retries together. */
  readonly deadlineSeconds?: number;
  /** How long no pod may have started before nightwatch ends the attempt. */
  readonly startDeadlineSeconds?: number;
  /** From the request to stop to the kill; as Kubernetes defaults it when left out. */
  readonly terminationGracePeriodSeconds?: number;
  /** How many pods may fail before the Job has; 0 when left out, but without a limit beside backoffLimitPerIndex. */
  readonly backoffLimit?: number;
  /** Pods at a time; 1 when left out. */
  readonly parallelism?: number;
  /** Pods that have to succeed; as Kubernetes defaults it when left out. */
  readonly completions?: number;
  /** Indexed: each completion has a number, which its pod finds in JOB_COMPLETION_INDEX. */
  readonly completionMode?: (typeof completionModes)[number];
  /** How many pods of one index may fail before the index has. */
  readonly backoffLimitPerIndex?: number;
  /** How many indexes may fail before the Job has, without waiting for the others. */
  readonly maxFailedIndexes?: number;
  readonly podFailurePolicy?: { readonly rules: readonly PodFailureRule[] };
  /** The task as a whole: each repetition is an attempt with a Job of its own. */
  readonly retry?: RetrySpec;
  /** When nightwatch deletes the ended Job; the configuration's when left out. */
  readonly ttlSecondsAfterFinished?: number;
  /** How much of the end of the container's log is kept; the configuration's when left out, false for none. */
  readonly log?: false | { readonly tailBytes: number };
}
