import { aNewTask, anInfo, type NewTask } from '../../support/task-rows.ts';

/** A row that must fail, with the reason that it must give. */
export interface PoisonTask {
  readonly task: Omit<NewTask, 'namespace'>;
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
  // Where the owner has widened the column.
  '10-mb-of-json': jsonOf(10 * 1024 * 1024),
  '10-mb-of-nothing': '\0'.repeat(10 * 1024 * 1024),
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
export function poisonTasks(): readonly PoisonTask[] {
  const byInfo = Object.entries(infos).map(([name, info]) => aPoisonTask({ name, info }, 'InvalidSpec'));
  return [...byInfo, ...names.map((name) => aPoisonTask({ name }, 'InvalidName'))];
}

function aPoisonTask(overrides: Partial<NewTask>, reason: PoisonTask['reason']): PoisonTask {
  const { namespace: _, ...task } = aNewTask({ namespace: '', ...overrides });
  return { task, reason };
}

function jsonOf(bytes: number): string {
  const empty = JSON.stringify({ image: 'alpine', args: [''] }).length;
  return JSON.stringify({ image: 'alpine', args: ['x'.repeat(bytes - empty)] });
}
