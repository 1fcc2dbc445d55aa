import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { buildJob } from '../../src/task/job-manifest.ts';
import { maximumMessageLength } from '../../src/task/message.ts';
import { defaultRunAsUser, defaultTtlSecondsAfterFinished } from '../../src/task/policy.ts';
import { amountKeys } from '../../src/task/resources-schema.ts';
import { parseSpec } from '../../src/task/spec.ts';
import { knownKeysAt } from '../../src/task/spec-schema.ts';
import { taskStatuses } from '../../src/task/status.ts';
import { maximumInfoBytes } from '../../src/task/task.ts';
import type { TaskSpec } from '../../src/task/task-spec.ts';
import { anAttempt, aPolicy } from '../support/builders.ts';
import { codeBlocks, codeSpans, readTable } from '../support/markdown-table.ts';
import { findBlock, readmeBlocks, readmePath } from '../support/readme-blocks.ts';
import { taskColumns } from '../support/schema-columns.ts';

const readme = readFileSync(readmePath, 'utf8');
const infoRows = readTable(readme, ['Key', 'Type', 'Default', 'Limits', 'Field of the Job']);
const columnRows = readTable(readme, ['Column', 'Written by', 'Meaning']);

/** Everything that `info` may say, so that each key leaves its trace in the Job. */
const fullSpec: Required<TaskSpec> = {
  image: 'alpine',
  command: ['sleep'],
  args: ['60'],
  env: { GREETING: 'hello' },
  workingDir: '/tmp',
  resources: { requests: { cpu: '1' }, limits: { cpu: '2' } },
  imagePullPolicy: 'Always',
  imagePullSecrets: ['registry'],
  serviceAccountName: 'worker',
  labels: { team: 'data' },
  annotations: { ticket: '12' },
  deadlineSeconds: 600,
  backoffLimit: 2,
  parallelism: 3,
  completions: 4,
};

describe('the README', () => {
  for (const block of readmeBlocks) {
    it(`has ${block.name} as the sources have them; 'npm run docs' writes it`, () => {
      assert.equal(findBlock(readme, block), block.text);
    });
  }

  it('stays short enough to be read', () => {
    assert.ok(readme.split('\n').length <= 460);
  });
});

describe('what the README says of info', () => {
  it('names every key of the schema, and no other', () => {
    const keys = infoRows.flatMap(({ Key = '' }) => codeSpans(Key));
    const known = knownKeysAt([]).flatMap((key) =>
      key === 'resources' ? knownKeysAt([key]).map((inner) => `${key}.${inner}`) : [key],
    );
    assert.deepEqual(keys, known);
  });

  it('names every kind of resource', () => {
    const [requests] = infoRows.filter(({ Key }) => Key === '`resources.requests`');
    assert.deepEqual(codeSpans(requests?.Type ?? ''), amountKeys);
  });

  it('names for each key a field that the Job has when the row says so', () => {
    const job = buildJob(anAttempt(), fullSpec, aPolicy());
    for (const row of infoRows) {
      const [field = ''] = codeSpans(row['Field of the Job'] ?? '');
      assert.notEqual(valueAt(job, expanded(field)), undefined, `${row.Key}: ${field}`);
    }
  });

  for (const [key, most, more] of [
    ['env', entries(500), entries(501)],
    ['labels', entries(64), entries(65)],
    ['annotations', entries(64), entries(65)],
    ['imagePullSecrets', list(16), list(17)],
    ['deadlineSeconds', 2 ** 31 - 1, 2 ** 31],
    ['backoffLimit', 2 ** 31 - 1, 2 ** 31],
    ['parallelism', 10_000, 10_001],
    ['completions', 2 ** 31 - 1, 2 ** 31],
  ] as const) {
    it(`tells the limit of ${key} that the schema has`, () => {
      assert.equal(parseSpec(...asInfo({ image: 'alpine', [key]: most })).result, 'valid');
      assert.equal(parseSpec(...asInfo({ image: 'alpine', [key]: more })).result, 'invalid');
      const limits = infoRows.find(({ Key }) => Key === `\`${key}\``)?.Limits ?? '';
      const number = typeof most === 'number' ? most : Object.keys(most).length;
      // Annotations refer to labels.
      assert.match(limits, key === 'annotations' ? /as labels/ : new RegExp(`\\b${number}\\b`));
    });
  }

  it('tells what is fixed: the largest info, the longest message, the user, the time that ended Jobs are kept', () => {
    for (const words of [
      `more than ${maximumInfoBytes / 1024} KiB`,
      `at most ${maximumMessageLength} characters`,
      `run as user ${defaultRunAsUser}`,
      `removes an ended Job after ${defaultTtlSecondsAfterFinished / 86_400} days`,
    ]) {
      assert.ok(readme.includes(words), words);
    }
  });

  it('inserts only rows whose info is right', () => {
    const infos = codeBlocks(readme, 'sql').flatMap((sql) => [...sql.matchAll(/'(\{.*?\})'/g)]);
    assert.ok(infos.length > 0);
    for (const [, info = ''] of infos) assert.equal(parseSpec(info, info.length).result, 'valid', info);
  });
});

describe('what the README says of the table', () => {
  it('names every column that the migrations make, and no other', async () => {
    const named = columnRows.flatMap(({ Column = '' }) => codeSpans(Column));
    assert.deepEqual(named, inOrderOf(named, await taskColumns()));
  });

  it('grants an application the columns that are its own, and no other', () => {
    const own = columnRows
      .filter((row) => row['Written by']?.startsWith('you'))
      .flatMap(({ Column = '' }) => codeSpans(Column));
    const granted = [...readme.matchAll(/(?:INSERT|UPDATE) \(([a-z_, ]+)\)/g)].map(([, columns = '']) =>
      columns.split(', '),
    );
    assert.equal(granted.length, 2);
    // The database draws the id.
    for (const columns of granted) assert.deepEqual(['id', ...columns], own);
  });

  it('explains every status, and no other', () => {
    const rows = readTable(readme, ['Status', 'Written by', 'Meaning']);
    assert.deepEqual(
      rows.map(({ Status = '' }) => codeSpans(Status)[0]),
      taskStatuses,
    );
  });
});

function expanded(field: string): string {
  return field.replace(/^pod\./, 'spec.template.spec.').replace(/^container\./, 'spec.template.spec.containers.0.');
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner, key) => Object(inner)[key], value);
}

/** The columns in the README's order, which groups them for reading; what it does not name comes last. */
function inOrderOf(order: readonly string[], columns: readonly string[]): readonly string[] {
  return [
    ...order.filter((column) => columns.includes(column)),
    ...columns.filter((column) => !order.includes(column)),
  ];
}

function asInfo(value: object): readonly [string, number] {
  const info = JSON.stringify(value);
  return [info, info.length];
}

function entries(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`KEY_${index}`, 'value']));
}

function list(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `secret-${index}`);
}
