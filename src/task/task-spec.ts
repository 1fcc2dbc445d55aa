/** The amounts that one container asks for or is limited to, as Kubernetes quantities. */
export interface ResourceAmounts {
  readonly cpu?: string;
  readonly memory?: string;
  readonly 'ephemeral-storage'?: string;
}

export const imagePullPolicies = ['Always', 'IfNotPresent', 'Never'] as const;

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
  /** How many pods may fail before the Job has; 0 when left out. */
  readonly backoffLimit?: number;
  /** Pods at a time; 1 when left out. */
  readonly parallelism?: number;
  /** Pods that have to succeed; as Kubernetes defaults it when left out. */
  readonly completions?: number;
}
