import { anInfo, type NewTask } from '../../support/task-rows.ts';

/** A row that does not become a Job, and what it says then. */
export interface RefusedRow {
  /** Ends "a row with …". */
  readonly what: string;
  readonly task: Partial<NewTask>;
  readonly reason: string;
  readonly message: RegExp;
}

const text64k = 64 * 1024 - 1;

/** Rows that fail. */
export const refusedRows: readonly RefusedRow[] = [
  { what: 'capitals in its name', task: { name: 'Capital' }, reason: 'InvalidName', message: /'Capital'.*'capital'/ },
  { what: 'no name', task: { name: '' }, reason: 'InvalidName', message: /empty/ },
  { what: 'a name of Chinese characters', task: { name: '任务' }, reason: 'InvalidName', message: /'任务'/ },
  { what: 'a name that is too long', task: { name: 'n'.repeat(300) }, reason: 'InvalidName', message: /at most 63/ },
  {
    what: 'a namespace that is not allowed',
    task: { namespace: 'default' },
    reason: 'NamespaceNotAllowed',
    message: /'default'.*allowed namespaces are/,
  },
  { what: 'broken JSON', task: { info: '{"image": "alpine",' }, reason: 'InvalidSpec', message: /not JSON/ },
  { what: 'an empty info', task: { info: '' }, reason: 'InvalidSpec', message: /empty/ },
  { what: 'wrong types', task: { info: '{"image": 1, "args": "x"}' }, reason: 'InvalidSpec', message: /image.*args/s },
  {
    what: 'a key that is not known',
    task: { info: anInfo({ hostNetwork: true }) },
    reason: 'InvalidSpec',
    message: /hostNetwork/,
  },
  { what: '64 KiB - 1 of JSON', task: { info: jsonOf(text64k) }, reason: 'InvalidSpec', message: /65535 bytes/ },
  {
    what: '64 KiB - 1 of broken JSON',
    task: { info: '{'.repeat(text64k) },
    reason: 'InvalidSpec',
    message: /65535 bytes/,
  },
  { what: '10 MB of JSON', task: { info: jsonOf(10 * 1024 * 1024) }, reason: 'InvalidSpec', message: /10485760 bytes/ },
  {
    what: 'an image that is not allowed',
    task: { info: anInfo({ image: 'busybox' }) },
    reason: 'ImageNotAllowed',
    message: /'busybox'/,
  },
  {
    // Fractions of a byte are rounded up before they are compared; the API server compares them exactly.
    what: 'a spec that only the API server finds fault with',
    task: { info: anInfo({ resources: { requests: { memory: '1.5' }, limits: { memory: '1.2' } } }) },
    reason: 'InvalidSpec',
    message: /must be less than or equal to memory limit/,
  },
];

/** Rows that wait. */
export const waitingRows: readonly RefusedRow[] = [
  {
    what: 'an allowed namespace that does not exist',
    task: { name: 'nowhere', namespace: 'nightwatch-test-missing' },
    reason: 'Forbidden',
    message: /does the namespace 'nightwatch-test-missing' exist/,
  },
  {
    what: 'a Job that a policy of the cluster refuses',
    task: { name: 'disliked', info: anInfo({ labels: { refuse: 'me' } }) },
    reason: 'AdmissionDenied',
    message: /the owner of the cluster does not like it/,
  },
];

function jsonOf(bytes: number): string {
  const empty = JSON.stringify({ image: 'alpine', args: [''] }).length;
  return JSON.stringify({ image: 'alpine', args: ['x'.repeat(bytes - empty)] });
}
