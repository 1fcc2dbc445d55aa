import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { settingNames } from '../../src/config/settings.ts';
import { chartDocuments } from '../chart/chart-documents.ts';
import { chartFiles } from '../chart/chart-files.ts';
import { readDocumentedValues } from '../chart/documented-values.ts';
import { valuesSchema } from '../chart/values-schema.ts';
import { valuesTable } from '../chart/values-table.ts';
import { readmePath } from '../support/readme-blocks.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the documents of the chart', () => {
  for (const { path, text } of chartDocuments()) {
    it(`has ${basename(path)} as values.yaml makes it; 'npm run docs' writes it`, () => {
      assert.equal(readFileSync(path, 'utf8'), text);
    });
  }
});

describe('the chart', () => {
  it('installs the version of nightwatch that it is kept with', () => {
    const { appVersion } = parse(readFileSync(chartFiles.chart, 'utf8'));
    assert.equal(appVersion, packageJson.version);
  });
});

describe('the commands that install the chart', () => {
  const values = readDocumentedValues(readFileSync(chartFiles.values, 'utf8'));

  for (const path of [readmePath, chartFiles.readme]) {
    const text = readFileSync(path, 'utf8');
    const name = relative(root, path);

    it(`put into the Secret, in ${name}, the keys that the chart looks for`, () => {
      const keys = [...text.matchAll(/--from-literal=([a-z-]+)=/g)].map(([, key]) => key);
      const wanted = values.filter((value) => value.path.slice(-2).join('.') === 'existingSecret.key');
      assert.deepEqual(new Set(keys), new Set(wanted.map((value) => value.default)));
    });

    it(`set, in ${name}, only values that there are`, () => {
      const set = [...text.matchAll(/--set '?([\w.]+)=/g)].map(([, key = '']) => key);
      const known = [...values.map((value) => value.path.join('.')), ...settingNames.map((name) => `config.${name}`)];
      assert.ok(set.length > 0);
      assert.deepEqual(
        set.filter((key) => !known.includes(key)),
        [],
      );
    });
  }
});

describe('the documented values', () => {
  const yaml = [
    '# About the file.',
    '',
    'group:',
    '  # Its first',
    '  # value.',
    '  # @schema {"minimum": 1}',
    '  first: 2',
    '  # A map.',
    '  second:',
    '    inner: true',
    '# Either | or.',
    '# @schema {"enum": ["either", "or"]}',
    'choice: or',
  ].join('\n');

  it('are the keys that have a comment, also where that is a map', () => {
    assert.deepEqual(
      readDocumentedValues(yaml).map((value) => [value.path.join('.'), value.description, value.default]),
      [
        ['group.first', 'Its first value.', 2],
        ['group.second', 'A map.', { inner: true }],
        ['choice', 'Either | or.', 'or'],
      ],
    );
  });

  it('need a comment each', () => {
    assert.throws(
      () => readDocumentedValues('group:\n  # One.\n  first: 1\n  second: 2\n'),
      /'group.second' has no comment/,
    );
    assert.throws(() => readDocumentedValues('# Text.\n\nfirst: {}\n'), /'first' has no comment/);
  });

  it('need a schema that is JSON', () => {
    assert.throws(
      () => readDocumentedValues('a:\n  # One.\n  # @schema {minimum: 1}\n  b: 1\n'),
      /@schema of 'a.b' is no JSON/,
    );
  });

  it('make a schema that knows no other keys but those that have moved', () => {
    const moved = '[{ key: group.old, instead: write group.first }, { key: gone, instead: leave it out }]';
    const { properties, additionalProperties } = JSON.parse(valuesSchema(readDocumentedValues(yaml), moved));
    assert.equal(additionalProperties, false);
    assert.deepEqual(Object.keys(properties), ['global', 'enabled', 'group', 'choice', 'gone']);
    assert.deepEqual(properties.choice, { description: 'Either | or.', enum: ['either', 'or'] });
    assert.deepEqual(properties.group, {
      type: 'object',
      properties: {
        first: { description: 'Its first value.', type: 'integer', minimum: 1 },
        second: { description: 'A map.', type: 'object' },
        old: { description: 'Moved: write group.first.' },
      },
      additionalProperties: false,
    });
  });

  it('make a table whose cells hold any text', () => {
    assert.deepEqual(valuesTable(readDocumentedValues(yaml)).split('\n').slice(2), [
      '| `group.first` | Its first value. | `2` |',
      '| `group.second` | A map. | `{"inner":true}` |',
      '| `choice` | Either \\| or. | `"or"` |',
    ]);
  });
});
