import {
  attemptIdLabel,
  attemptNumberLabel,
  installationLabel,
  managedByLabel,
  rowKeyLabel,
  taskIdLabel,
} from '../../../src/task/labels.ts';

/** A change to a Job as nightwatch makes it, after which it is none any more. */
export interface ForbiddenJob {
  /** Ends "a Job with …". */
  readonly what: string;
  /** What is set, by its JSON pointer; undefined takes it away. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly says: RegExp;
}

const pod = '/spec/template/spec';
const container = `${pod}/containers/0`;
const otherContainer = { name: 'other', image: 'alpine' };
const probe = { httpGet: { host: '169.254.169.254', port: 80 } };
const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: '0b6f3c52-7a58-4c8e-9a41-3f1b0a8d2c11' };

const volumes: readonly ForbiddenJob[] = [
  { hostPath: { path: '/' } },
  { secret: { secretName: 'credentials' } },
  { projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
  { emptyDir: {} },
].map((source) => ({
  what: `a volume of kind ${Object.keys(source)[0]}`,
  changes: {
    [`${pod}/volumes`]: [{ name: 'volume', ...source }],
    [`${container}/volumeMounts`]: [{ name: 'volume', mountPath: '/volume' }],
  },
  says: /no volumes/,
}));

const device = { [`${pod}/resourceClaims`]: [{ name: 'gpu', resourceClaimName: 'gpu' }] };

const labels: readonly ForbiddenJob[] = [
  managedByLabel,
  installationLabel,
  attemptIdLabel,
  rowKeyLabel,
  taskIdLabel,
  attemptNumberLabel,
].map((label) => ({
  what: `no label ${label}`,
  changes: { [jobLabel(label)]: undefined },
  says: /have to carry nightwatch's labels/,
}));

/** What a stolen token of nightwatch could else create: each is one change away from a Job that is allowed. */
export const forbiddenJobs: readonly ForbiddenJob[] = [
  ...volumes,
  forbidden('a device', device, /no volumes or devices/),
  ...labels,
  forbidden('another manager', { [jobLabel(managedByLabel)]: 'x', [podLabel(managedByLabel)]: 'x' }, /nightwatch's/),
  forbidden("another task's id on its pods", { [podLabel(taskIdLabel)]: '2' }, /nightwatch's labels/),
  forbidden('a label of Kubernetes', { [jobLabel('kueue.x-k8s.io/queue-name')]: 'a' }, /no further labels/),
  forbidden('one more label of nightwatch', { [jobLabel('x.nightwatch.dev/a')]: 'a' }, /no further labels/),
  forbidden(
    'an annotation that loosens the sandbox',
    { '/spec/template/metadata/annotations': { 'container.apparmor.security.beta.kubernetes.io/task': 'unconfined' } },
    /no further labels or annotations/,
  ),
  forbidden(
    'one more annotation of nightwatch',
    { '/metadata/annotations': { 'nightwatch.dev/other': 'a' } },
    /no further labels or annotations/,
  ),
  forbidden(
    'an annotation of nightwatch on its pods that only the Job has',
    { '/spec/template/metadata/annotations': { 'nightwatch.dev/retry': '{}' } },
    /no further labels or annotations/,
  ),
  forbidden('an owner', { '/metadata/ownerReferences': [owner] }, /no owner/),
  forbidden('a finalizer', { '/metadata/finalizers': ['example.com/keep'] }, /no owner, finalizer/),
  forbidden('a finalizer of its pods', { '/spec/template/metadata/finalizers': ['example.com/keep'] }, /finalizer/),
  forbidden('another controller', { '/spec/managedBy': 'example.com/controller' }, /other controller/),
  forbidden(
    'pods of somebody else',
    { '/spec/manualSelector': true, '/spec/selector': { matchLabels: { [managedByLabel]: 'nightwatch' } } },
    /selector/,
  ),
  forbidden('a second container', { [`${pod}/containers/1`]: otherContainer }, /exactly one container/),
  forbidden('an init container', { [`${pod}/initContainers`]: [otherContainer] }, /exactly one container/),
  forbidden('the network of the host', { [`${pod}/hostNetwork`]: true }, /of the host/),
  forbidden('the processes of the host', { [`${pod}/hostPID`]: true }, /of the host/),
  forbidden('the memory of the host', { [`${pod}/hostIPC`]: true }, /of the host/),
  forbidden('names of hosts', { [`${pod}/hostAliases`]: [{ ip: '10.0.0.1', hostnames: ['a'] }] }, /of the host/),
  forbidden('a node', { [`${pod}/nodeName`]: 'node-1' }, /no choice of node/),
  forbidden('a choice of nodes', { [`${pod}/nodeSelector`]: { control: 'plane' } }, /no choice of node/),
  forbidden('an affinity', { [`${pod}/affinity`]: { nodeAffinity: {} } }, /no choice of node/),
  forbidden('a toleration', { [`${pod}/tolerations`]: [{ operator: 'Exists' }] }, /no choice of node/),
  forbidden('a priority', { [`${pod}/priorityClassName`]: 'system-node-critical' }, /no choice of node, priority/),
  forbidden('a priority as a number', { [`${pod}/priority`]: 2_000_000_000 }, /no choice of node, priority/),
  forbidden('a runtime', { [`${pod}/runtimeClassName`]: 'bare' }, /runtime/),
  forbidden('a scheduler', { [`${pod}/schedulerName`]: 'mine' }, /scheduler/),
  forbidden('restarts', { [`${pod}/restartPolicy`]: 'OnFailure' }, /no restarts/),
  forbidden('a token', { [`${pod}/automountServiceAccountToken`]: true }, /no token/),
  forbidden('the token of the default', { [`${pod}/automountServiceAccountToken`]: undefined }, /no token/),
  forbidden('variables from a Secret', { [`${container}/envFrom`]: [{ secretRef: { name: 'a' } }] }, /no variables/),
  forbidden(
    'a variable from a Secret',
    { [`${container}/env`]: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }] },
    /no variables from Secrets/,
  ),
  forbidden('a port of the host', { [`${container}/ports`]: [{ containerPort: 80, hostPort: 80 }] }, /no ports/),
  forbidden('a hook', { [`${container}/lifecycle`]: { postStart: { exec: { command: ['a'] } } } }, /no ports, hooks/),
  ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((key) =>
    forbidden(`a ${key} of another host`, { [`${container}/${key}`]: probe }, /probes/),
  ),
  ...[
    { privileged: true },
    { allowPrivilegeEscalation: true },
    { capabilities: { add: ['NET_ADMIN'] } },
    { runAsUser: 0 },
    { runAsGroup: 0 },
    { seccompProfile: { type: 'Unconfined' } },
    { appArmorProfile: { type: 'Unconfined' } },
    { seLinuxOptions: { type: 'spc_t' } },
    { windowsOptions: { runAsUserName: 'SYSTEM' } },
  ].map((context) =>
    forbidden(`${JSON.stringify(context)} for its container`, { [`${container}/securityContext`]: context }, /no priv/),
  ),
  ...[
    { runAsUser: 0 },
    { seccompProfile: { type: 'Unconfined' } },
    { seLinuxOptions: { type: 'spc_t' } },
    { supplementalGroups: [0] },
    { sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }] },
  ].map((context) =>
    forbidden(`${JSON.stringify(context)} for its pods`, { [`${pod}/securityContext`]: context }, /no privileges/),
  ),
];

function forbidden(what: string, changes: ForbiddenJob['changes'], says: RegExp): ForbiddenJob {
  return { what, changes, says };
}

function jobLabel(label: string): string {
  return `/metadata/labels/${label.replace('/', '~1')}`;
}

function podLabel(label: string): string {
  return `/spec/template${jobLabel(label)}`;
}
