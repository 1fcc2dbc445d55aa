import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RoundLine } from '../../faults/results.ts';
import { withRounds } from '../../faults/results-table.ts';

const empty = 'before\n<!-- rounds: written by `make faults` -->\n\n<!-- end of rounds -->\n\nbehind\n';

function aLine(overrides: Partial<RoundLine>): RoundLine {
  return {
    number: 2,
    event: 'a pause',
    flavour: 'mariadb',
    seed: 7,
    rows: 100,
    recoveryMs: 1234,
    passed: true,
    ...overrides,
  };
}

function tableOf(document: string): readonly string[] {
  return document.split('\n').filter((line) => /^\| \d/.test(line));
}

describe('the table of results', () => {
  it('has a line for each event and database, by number', () => {
    const document = withRounds(empty, [aLine({ number: 11 }), aLine({ flavour: 'mysql' }), aLine({})]);
    assert.deepEqual(tableOf(document), [
      '| 2 | a pause | mariadb | 1 | 0 | 1.2 s | 7 |',
      '| 2 | a pause | mysql | 1 | 0 | 1.2 s | 7 |',
      '| 11 | a pause | mariadb | 1 | 0 | 1.2 s | 7 |',
    ]);
    assert.ok(document.startsWith('before\n') && document.endsWith('behind\n'));
  });

  it('sums up the rounds of a run, the worst one counting', () => {
    const document = withRounds(empty, [aLine({}), aLine({ seed: 8, recoveryMs: 5_000, passed: false })]);
    assert.deepEqual(tableOf(document), ['| 2 | a pause | mariadb | 2 | 1 | 5.0 s | 7, 8 |']);
  });

  it('keeps the lines of events that a run left out, and replaces the others', () => {
    const before = withRounds(empty, [aLine({}), aLine({ number: 3 })]);
    const document = withRounds(before, [aLine({ number: 3, seed: 9 })]);
    assert.deepEqual(tableOf(document), [
      '| 2 | a pause | mariadb | 1 | 0 | 1.2 s | 7 |',
      '| 3 | a pause | mariadb | 1 | 0 | 1.2 s | 9 |',
    ]);
  });
});
