import type { Source } from './source.ts';

/** The environment of a process, as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Picks out of an environment what is meant for nightwatch: its own names, and `KUBECONFIG`. */
export function environmentSource(environment: Environment): Source {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || !isOurs(name, value)) continue;
    // Shells and manifests leave KUBECONFIG empty to mean none; for names of ours, empty is a mistake to be told.
    if (name === 'KUBECONFIG' && value === '') continue;
    values.set(name, value);
  }
  return { where: 'environment', values };
}

// What begins with the last three is told to every container of a task: nightwatch itself may be run as one.
const foreignPrefixes = [
  ...['NIGHTWATCH_TEST_', 'NIGHTWATCH_E2E_', 'NIGHTWATCH_CACHE'],
  ...['NIGHTWATCH_TASK_', 'NIGHTWATCH_ATTEMPT', 'NIGHTWATCH_USER_ID'],
];
const serviceLinkName =
  /^NIGHTWATCH(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d{1,5}_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

function isOurs(name: string, value: string): boolean {
  if (name === 'KUBECONFIG') return true;
  if (!name.startsWith('NIGHTWATCH_') || foreignPrefixes.some((prefix) => name.startsWith(prefix))) return false;
  return !isServiceLink(name, value);
}

/**
 * Kubernetes sets such names in every container beside a Service called `nightwatch` or `nightwatch-…`
 * (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
 *
 * Taken for misspelt settings, they would keep a pod from starting once somebody adds a Service.
 */
function isServiceLink(name: string, value: string): boolean {
  return serviceLinkName.test(name) && (!name.endsWith('_PORT') || /^(\d+|(tcp|udp|sctp):\/\/.*)$/.test(value));
}
