import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeSchema, type RecordedSchema } from '../../../src/store/schema-state.ts';
import { compareVersions } from '../../../src/version.ts';

const program = { version: '1.4.0', schemaVersion: 7 };

function stateOf(recorded: Partial<RecordedSchema> | undefined): string {
  const whole = recorded && { installationId: 'c0ffee', version: 7, oldestProgram: '1.0.0', ...recorded };
  return judgeSchema(whole, program, compareVersions).state;
}

describe('a schema', () => {
  const table: readonly (readonly [what: string, recorded: Partial<RecordedSchema> | undefined, expected: string])[] = [
    ['is behind where nothing was migrated', undefined, 'SchemaBehind'],
    ['is behind where a migration is missing', { version: 6 }, 'SchemaBehind'],
    [
      'is behind where a migration is missing, whatever it asks for',
      { version: 6, oldestProgram: '9.0.0' },
      'SchemaBehind',
    ],
    ['fits where it is the one that the program brings', {}, 'fits'],
    ['fits the program that brings it, whatever it says of older ones', { oldestProgram: '9.0.0' }, 'fits'],
    ['fits where it is newer and bears this program', { version: 8, oldestProgram: '1.4.0' }, 'fits'],
    ['fits where it is newer and bears older ones', { version: 20, oldestProgram: '1.3.9' }, 'fits'],
    ['is ahead where it needs a newer program', { version: 8, oldestProgram: '1.4.1' }, 'SchemaAhead'],
    ['is ahead where it needs a much newer program', { version: 8, oldestProgram: '1.10.0' }, 'SchemaAhead'],
  ];
  for (const [what, recorded, expected] of table) it(what, () => assert.equal(stateOf(recorded), expected));

  it('that fits says which installation and version it is', () => {
    const recorded = { installationId: 'c0ffee', version: 7, oldestProgram: '1.0.0' };
    const fits = { state: 'fits', installationId: 'c0ffee', version: 7 };
    assert.deepEqual(judgeSchema(recorded, program, compareVersions), fits);
  });

  it('that does not fit says what to do', () => {
    const behind = judgeSchema(undefined, program, compareVersions);
    assert.ok(behind.state === 'SchemaBehind');
    assert.match(behind.detail, /version 0, this program needs 7: run 'nightwatch migrate'/);
    const ahead = judgeSchema({ installationId: 'x', version: 9, oldestProgram: '2.0.0' }, program, compareVersions);
    assert.ok(ahead.state === 'SchemaAhead');
    assert.match(ahead.detail, /version 9, which needs nightwatch 2\.0\.0 or later; this is 1\.4\.0/);
  });
});
