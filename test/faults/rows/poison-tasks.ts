import { aNewTask, anInfo, type NewTask } from '../../support/task-rows.ts';

/** A row that must fail, with the reason that it must give. */
export interface PoisonTask {
  readonly task: NewTask;
  readonly reason: 'InvalidSpec' | 'InvalidName';
}

const text64k = 64 * 1024 - 1;
const loneSurrogate = String.raw`"\ud800"`;

/** What no `info` may be; by the name of the task. */
const infos: Readonly<Record<string, string>> = {
  'no-json': 'image: alpine',
  'broken-json': '{"image": "alpine",',
  'broken-at-the-end': `${anInfo()}}`,
  empty: '',
  'white-space': ' \n\t ',
  null: 'null',
  list: '[{"image": "alpine"}]',
  number: '1e999',
  'wrong-types': '{"image": 1, "args": "x", "env": [], "backoffLimit": "many"}',
  'numbers-beyond-all': '{"image": "alpine", "backoffLimit": 1e999, "parallelism": -1}',
  'own-prototype': '{"image": "alpine", "__proto__": {"image": "alpine"}, "constructor": 1}',
  'unknown-keys': '{"image": "alpine", "hostNetwork": true, "任务": "😀"}',
  'lone-surrogate': `{"image": "alpine", "env": {${loneSurrogate}: "x"}}`,
  'zero-character': String.raw`{"image": "alp\u0000ine"}`,
  'full-of-emoji': `{"${'😀'.repeat(4_000)}": 1}`,
  'not-open-brackets': ']'.repeat(1_000),
  'deep-list': `{"image": "alpine", "args": ${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
  'many-keys': `{${Array.from({ length: 3_000 }, (_, index) => `"k${index}": 1`).join(', ')}}`,
  '64k-of-json': jsonOf(text64k),
  '64k-of-braces': '{'.repeat(text64k),
  '64k-of-quotes': '"'.repeat(text64k),
};

const tenMegabytes = 10 * 1024 * 1024;

/** What the database itself makes of these expressions is as wrong, where the owner has widened the column. */
export const largeInfos: Readonly<Record<string, string>> = {
  '10-mb-of-json': `CONCAT('{"image": "', REPEAT('x', ${tenMegabytes}), '"}')`,
  '10-mb-of-braces': `REPEAT('{', ${tenMegabytes})`,
};

/** What no name may be. */
const names = [
  'Capital',
  '任务',
  'with space',
  '-dash-first',
  'slash/../slash',
  "'; DROP TABLE task; --",
  '😀'.repeat(20),
];

/** Rows that must fail, each for its own fault. */
export function poisonTasks(namespace: string): readonly PoisonTask[] {
  const byInfo = Object.entries(infos).map(
    ([name, info]): PoisonTask => ({ task: aNewTask({ namespace, name, info }), reason: 'InvalidSpec' }),
  );
  const byName = names.map((name): PoisonTask => ({ task: aNewTask({ namespace, name }), reason: 'InvalidName' }));
  return [...byInfo, ...byName];
}

function jsonOf(bytes: number): string {
  const empty = JSON.stringify({ image: 'alpine', args: [''] }).length;
  return JSON.stringify({ image: 'alpine', args: ['x'.repeat(bytes - empty)] });
}
