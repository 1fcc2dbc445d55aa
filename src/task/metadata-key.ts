import { labelDomain } from './labels.ts';
import { quoted } from './message.ts';
import { objectNameFault } from './names.ts';

/** The Job controller sets these itself and the API server refuses a Job whose template says otherwise. */
const controllerLabels = ['job-name', 'controller-uid'];

/** Domains under which keys steer Kubernetes, or nightwatch: whatever ends in one of these is closed to rows. */
const reservedEndings = ['kubernetes.io', 'k8s.io'];

const namePattern = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/** Says why a row may not set a label of this key; undefined when it may. */
export function labelKeyFault(key: string): string | undefined {
  if (controllerLabels.includes(key)) return `the key ${quoted(key)} is set by Kubernetes itself: use another one`;
  return annotationKeyFault(key);
}

/**
 * Says why a row may not set an annotation of this key; undefined when it may.
 *
 * The key has to be a qualified name, `[<DNS subdomain>/]<name>`, and its domain none that Kubernetes or nightwatch
 * reads: such keys are how a sandbox is loosened (AppArmor and seccomp once were annotations) and how Jobs are told
 * apart.
 */
export function annotationKeyFault(key: string): string | undefined {
  const slash = key.indexOf('/');
  if (slash >= 0 && isReserved(key.slice(0, slash).toLowerCase())) {
    return `the key ${quoted(key)} is reserved: keys under ${labelDomain}, kubernetes.io and k8s.io are not a row's to set`;
  }
  return qualifiedNameFault('key', key);
}

/** Says why Kubernetes would not take this as a qualified name, `[<DNS subdomain>/]<name>`; undefined when it would. */
export function qualifiedNameFault(what: string, given: string): string | undefined {
  const slash = given.indexOf('/');
  const name = given.slice(slash + 1);
  const domainFault = slash < 0 ? undefined : objectNameFault(given.slice(0, slash));
  if (domainFault !== undefined) return `the domain of the ${what} ${quoted(given)} ${domainFault}`;
  if (name.length <= 63 && namePattern.test(name)) return undefined;
  return `the ${what} ${quoted(given)} is not right: write 1 to 63 letters, digits, '-', '_' or '.' that begin and end with a letter or digit, after an optional 'domain/'`;
}

/** Says why Kubernetes would not take this value of a label; undefined when it would. */
export function labelValueFault(value: string): string | undefined {
  if (value === '' || (value.length <= 63 && namePattern.test(value))) return undefined;
  return `${quoted(value)} is not right: write at most 63 letters, digits, '-', '_' or '.' that begin and end with a letter or digit`;
}

function isReserved(domain: string): boolean {
  // Without a dot before it: 'mykubernetes.io' is closed too, as the promise to operators reads '*kubernetes.io/'.
  if (reservedEndings.some((ending) => domain.endsWith(ending))) return true;
  return domain === labelDomain || domain.endsWith(`.${labelDomain}`);
}
