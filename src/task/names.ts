import { quoted } from './message.ts';

/** The longest name that Kubernetes takes for objects whose names are DNS subdomains, such as Secrets. */
const maximumSubdomainLength = 253;

/** The longest DNS label, and the longest value of a Kubernetes label. */
const maximumLabelLength = 63;

interface NameRule {
  readonly maximumLength: number;
  readonly allowsDots: boolean;
  /** Why no longer name is accepted, as the end of a sentence. */
  readonly whyLength: string;
}

const jobNameRule: NameRule = {
  maximumLength: maximumLabelLength,
  allowsDots: true,
  whyLength: ', because Kubernetes keeps the name of a Job in a label of its pods',
};
const namespaceRule: NameRule = { maximumLength: maximumLabelLength, allowsDots: false, whyLength: '' };
const objectNameRule: NameRule = { maximumLength: maximumSubdomainLength, allowsDots: true, whyLength: '' };

/**
 * Says why the API server would not take a Job of this name; undefined when it would.
 *
 * A Job's name is a DNS-1123 subdomain. The server allows 253 characters, but then refuses the pod template, whose
 * label `batch.kubernetes.io/job-name` holds at most 63.
 */
export function jobNameFault(name: string): string | undefined {
  return withSubject('the name', nameFault(name, jobNameRule));
}

/**
 * Says why no pods could be made for an indexed Job of this name, whose last index is given; undefined when they could.
 *
 * Each pod's host name is that of the Job with its index behind it, and has to be a DNS-1123 label.
 */
export function indexedNameFault(jobName: string, lastIndex: number): string | undefined {
  const whyLength = ', because it is the host name of a pod';
  const fault = nameFault(`${jobName}-${lastIndex}`, { ...namespaceRule, whyLength });
  return withSubject("completionMode 'Indexed': the name with the last index", fault);
}

/** Says why no namespace can have this name (a DNS-1123 label); undefined when one can. */
export function namespaceFault(namespace: string): string | undefined {
  return withSubject('the namespace', nameFault(namespace, namespaceRule));
}

/** Says why no Secret or ServiceAccount can have this name (a DNS-1123 subdomain); undefined when one can. */
export function objectNameFault(name: string): string | undefined {
  return nameFault(name, objectNameRule);
}

function withSubject(subject: string, fault: string | undefined): string | undefined {
  return fault === undefined ? undefined : `${subject} ${fault}`;
}

function nameFault(name: string, rule: NameRule): string | undefined {
  const allowed = rule.allowsDots ? "lower-case letters, digits, '-' and '.'" : "lower-case letters, digits and '-'";
  if (name === '') return `is empty: write 1 to ${rule.maximumLength} ${allowed}`;
  const stray = (rule.allowsDots ? /[^a-z0-9.-]/u : /[^a-z0-9-]/u).exec(name);
  if (stray !== null) {
    const position = Array.from(name.slice(0, stray.index)).length + 1;
    return `${quoted(name)} has ${quoted(stray[0])} at position ${position}: only ${allowed} are right${suggestion(name, rule)}`;
  }
  if (name.length > rule.maximumLength) {
    return `${quoted(name)} has ${name.length} characters: at most ${rule.maximumLength} are right${rule.whyLength}`;
  }
  const edge = /(?:^|\.)(?=[.-]|$)|-(?=\.|$)/.exec(name);
  if (edge === null) return undefined;
  const where = rule.allowsDots ? 'each part between dots' : 'it';
  const position = Math.min(edge[0] === '.' ? edge.index + 2 : edge.index + 1, name.length);
  return `${quoted(name)} is wrong at position ${position}: ${where} has to begin and end with a letter or digit${suggestion(name, rule)}`;
}

/** The nearest name that would be right, as the end of a sentence; empty when nothing sensible is left of it. */
function suggestion(name: string, rule: NameRule): string {
  const cleaned = name
    .slice(0, 2 * maximumLabelLength)
    .toLowerCase()
    .replace(rule.allowsDots ? /[^a-z0-9.]+/g : /[^a-z0-9]+/g, '-')
    .replace(/-*\.[.-]*/g, '.')
    .replace(/^[.-]+|[.-]+$/g, '');
  return cleaned === '' || cleaned.length > rule.maximumLength ? '' : `, such as '${cleaned}'`;
}
