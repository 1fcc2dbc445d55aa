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
  /** Pods at a time. */
  readonly parallelism: number | undefined;
}

/** What the operator lets rows do: everything that the decision to launch knows besides the row. */
export interface LaunchPolicy {
  readonly installationId: string;
  readonly namespaces: readonly string[];
  /** Patterns of `matchesImage`; undefined admits every image. */
  readonly imagePatterns: readonly string[] | undefined;
  /** The accounts that a row may name; a row that names none runs under the namespace's `default` account. */
  readonly serviceAccounts: readonly string[];
  /** A maximum is also what a row gets that asks for nothing: without a limit of its own it would have none. */
  readonly maxima: LaunchMaxima;
  /** By namespace; `restricted` where nothing is said. */
  readonly podSecurity: Readonly<Record<string, PodSecurityLevel>>;
  /** User and group id of the containers of `restricted` namespaces; not 0. */
  readonly runAsUser: number;
  /** Backstop after which Kubernetes removes an ended Job by itself. */
  readonly ttlSecondsAfterFinished: number;
}

/** The user of the customary non-root images. */
export const defaultRunAsUser = 65532;

/** Seven days: far longer than a request or a term can be late, so a finished Job is there when its row is recorded. */
export const defaultTtlSecondsAfterFinished = 7 * 24 * 60 * 60;

export const noMaxima: LaunchMaxima = {
  cpuMillicores: undefined,
  memoryBytes: undefined,
  deadlineSeconds: undefined,
  parallelism: undefined,
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
