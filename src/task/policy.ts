/** How much of the Pod Security Standards the pods of a namespace are made to fulfil. */
export const podSecurityLevels = ['restricted', 'baseline', 'privileged'] as const;
export type PodSecurityLevel = (typeof podSecurityLevels)[number];

/** The most that one task may have; undefined where nothing is bounded. */
export interface LaunchMaxima {
  /** For each pod. */
  readonly cpuMillicores: number | undefined;
  /** For each pod. */
  readonly memoryBytes: number | undefined;
  readonly deadlineSeconds: number | undefined;
  readonly startDeadlineSeconds: number | undefined;
  /** From a pod's request to stop to its kill. */
  readonly terminationGracePeriodSeconds: number | undefined;
  /** Pods at a time. */
  readonly parallelism: number | undefined;
  /** Attempts of a task that is repeated. */
  readonly attempts: number | undefined;
  /** How long an ended Job is kept. */
  readonly ttlSecondsAfterFinished: number | undefined;
  /** Of the log of an attempt that are kept. */
  readonly logBytes: number | undefined;
}

/** What the operator lets rows do: everything that the decision to launch knows besides the row. */
export interface LaunchPolicy {
  readonly installationId: string;
  readonly namespaces: readonly string[];
  /** Patterns of `matchesImage`; undefined admits every image. */
  readonly imagePatterns: readonly string[] | undefined;
  /** The accounts that a row may name; a row that names none runs under the namespace's `default` account. */
  readonly serviceAccounts: readonly string[];
  /** A maximum is also what a row gets that asks for nothing, where it would else have no limit at all. */
  readonly maxima: LaunchMaxima;
  /** By namespace; `restricted` where nothing is said. */
  readonly podSecurity: Readonly<Record<string, PodSecurityLevel>>;
  /** User and group id of the containers of `restricted` namespaces; not 0. */
  readonly runAsUser: number;
  /** Backstop after which Kubernetes removes an ended Job by itself: nightwatch does so before. */
  readonly ttlSecondsAfterFinished: number;
  /** After how long nightwatch deletes an ended Job whose row does not say. */
  readonly cleanUpSeconds: number;
  /** How much is kept of the log of an attempt whose row does not say; 0 for nothing. */
  readonly logBytes: number;
}

/** The user of the customary non-root images. */
export const defaultRunAsUser = 65532;

/** Seven days: far longer than a request or a term can be late, so a finished Job is there when its row is recorded. */
export const defaultTtlSecondsAfterFinished = 7 * 24 * 60 * 60;

export const defaultCleanUpSeconds = 60 * 60;
export const defaultLogBytes = 64 * 1024;
/** The most that is kept of a log, whatever is configured: it has to fit into one statement. */
export const maximumLogBytes = 1024 * 1024;

export const noMaxima: LaunchMaxima = {
  cpuMillicores: undefined,
  memoryBytes: undefined,
  deadlineSeconds: undefined,
  startDeadlineSeconds: undefined,
  terminationGracePeriodSeconds: undefined,
  parallelism: undefined,
  attempts: undefined,
  ttlSecondsAfterFinished: undefined,
  logBytes: undefined,
};

/** Whether tasks may run in a namespace: those of the cluster itself are closed whatever the policy lists. */
export function allowsNamespace(policy: LaunchPolicy, namespace: string): boolean {
  return policy.namespaces.includes(namespace) && !isOfCluster(namespace);
}

/** Whether a namespace is one of the cluster itself: what runs there may take over the cluster. */
export function isOfCluster(namespace: string): boolean {
  return namespace.startsWith('kube-');
}

export function podSecurityOf(policy: LaunchPolicy, namespace: string): PodSecurityLevel {
  // A namespace may be called 'constructor': only the record's own keys count.
  const level = Object.hasOwn(policy.podSecurity, namespace) ? policy.podSecurity[namespace] : undefined;
  return level ?? 'restricted';
}
