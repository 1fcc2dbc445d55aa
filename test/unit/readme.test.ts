import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { buildJob } from '../../src/task/job-manifest.ts';
import { maximumMessageLength } from '../../src/task/message.ts';
import { defaultRunAsUser, defaultTtlSecondsAfterFinished } from '../../src/task/policy.ts';
import { parseSpec } from '../../src/task/spec.ts';
import { knownKeysAt } from '../../src/task/spec-keys.ts';
import { taskStatuses } from '../../src/task/status.ts';
import { maximumInfoBytes } from '../../src/task/task.ts';
import { aClaimedTask, aPolicy } from '../support/builders.ts';
import { fullSpec } from '../support/full-spec.ts';
import { infoSchemaPath, infoSchemaText } from '../support/info-schema.ts';
import { infoHeaders } from '../support/info-table.ts';
import { codeBlocks, codeSpans, readTable } from '../support/markdown-table.ts';
import { findBlock, readmeBlocks, readmePath } from '../support/readme-blocks.ts';
import { taskColumns } from '../support/schema-columns.ts';

const readme = readFileSync(readmePath, 'utf8');
const infoRows = readTable(readme, infoHeaders);
const columnRows = readTable(readme, ['Column', 'Written by', 'Meaning']);

describe('the README', () => {
  for (const block of readmeBlocks) {
    it(`has ${block.name} as the sources have them; 'npm run docs' writes it`, () => {
      assert.equal(findBlock(readme, block), block.text);
    });
  }

  it("comes with a JSON Schema of info as the sources have it; 'npm run docs' writes it", () => {
    assert.equal(readFileSync(infoSchemaPath, 'utf8'), infoSchemaText());
  });

  it('stays short enough to be read', () => {
    assert.ok(readme.split('\n').length <= 560);
  });
});

describe('what the README says of info', () => {
  it('names every key of the schema, and no other', () => {
    const keys = infoRows.flatMap(({ Key = '' }) => codeSpans(Key));
    const heads = keys.map((key) => key.split('.')[0] ?? '');
    assert.deepEqual([...new Set(heads)], knownKeysAt([]));
    for (const head of ['resources', 'podFailurePolicy', 'retry'])
      assert.deepEqual(
        new Set(keys.filter((key) => key.startsWith(`${head}.`)).map((key) => key.split('.')[1])),
        new Set(knownKeysAt([head])),
      );
  });

  it('names every kind of resource', () => {
    const [requests] = infoRows.filter(({ Key }) => Key === '`resources.requests`');
    assert.deepEqual(codeSpans(requests?.Type ?? ''), knownKeysAt(['resources', 'requests']));
  });

  it('names for each key a field that the Job has when the row says so', () => {
    const job = buildJob(aClaimedTask(), fullSpec, aPolicy());
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
    ['startDeadlineSeconds', 2 ** 31 - 1, 2 ** 31],
    ['terminationGracePeriodSeconds', 2 ** 31 - 1, 2 ** 31],
    ['ttlSecondsAfterFinished', 31_622_400, 31_622_401],
  ] as const) {
    it(`tells the limit of ${key} that the schema has`, () => {
      assert.equal(parseSpec(...asInfo({ image: 'alpine', [key]: most })).result, 'valid');
      assert.equal(parseSpec(...asInfo({ image: 'alpine', [key]: more })).result, 'invalid');
      const limits = infoRows.find(({ Key }) => Key === `\`${key}\``)?.Limits ?? '';
      const number = typeof most === 'number' ? most : Object.keys(most).length;
      assert.match(limits, new RegExp(`\\b${number}\\b`));
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
  const [place = '', annotation] = path.split(/[[\]]/);
  return [...place.split('.'), ...(annotation === undefined ? [] : [annotation])].reduce(
    (inner, key) => Object(inner)[key],
    value,
  );
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
