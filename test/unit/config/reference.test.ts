import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configReference, referenceMarkers } from '../../../src/config/reference.ts';
import { settingNames, settings } from '../../../src/config/settings.ts';

describe('configReference', () => {
  const lines = configReference().split('\n');

  it('stands between its markers', () => {
    assert.equal(lines.at(0), referenceMarkers.begin);
    assert.equal(lines.at(-1), referenceMarkers.end);
  });

  it('has one row for each setting, in their order, each of five cells', () => {
    const rows = lines.slice(3, -1);
    assert.deepEqual(
      rows.map((row) => row.split(' | ')[0]),
      settingNames.map((name) => `| \`${name}\``),
    );
    for (const row of rows) assert.equal(row.split(/(?<!\\)\|/).length, 7, row);
  });

  it('says what is required by which command, and the defaults', () => {
    const rowOf = (name: string) => lines.find((line) => line.startsWith(`| \`${name}\``)) ?? '';
    assert.match(rowOf('NIGHTWATCH_DATABASE_URL'), /NIGHTWATCH_DATABASE_URL_FILE.*\| `run`, `migrate` \|$/);
    assert.match(rowOf('NIGHTWATCH_NAMESPACES'), /\| {2}\| `run` \|$/);
    assert.match(rowOf('NIGHTWATCH_LEASE_TTL'), /\| `5s` \| {2}\|$/);
    assert.match(rowOf('NIGHTWATCH_IMAGES'), /\| any image \| {2}\|$/);
  });
});

describe('the list of settings', () => {
  for (const name of settingNames) {
    const setting = settings[name];
    if (setting.absence !== 'default') continue;
    it(`has a default for ${name} that may also be given`, () => {
      assert.equal(setting.kind.parse(setting.default).result, 'valid');
    });
  }
});
