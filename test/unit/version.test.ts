import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareVersions, programVersion } from '../../src/version.ts';

describe('versions', () => {
  for (const [left, right, sign] of [
    ['1.2.3', '1.2.3', 0],
    ['1.2.3', '1.2.4', -1],
    ['1.2.3', '1.3.0', -1],
    ['1.9.0', '1.10.0', -1],
    ['0.99.99', '1.0.0', -1],
    ['2.0.0', '1.99.99', 1],
    ['1.2', '1.2.0', 0],
    ['1.2.3-rc.1', '1.2.3', 0],
    ['1.2.3-rc.1', '1.2.4-rc.0', -1],
    ['1.3.0-rc.1+build', '1.2.9', 1],
  ] as const) {
    it(`${left} compared with ${right} gives ${sign}`, () =>
      assert.equal(Math.sign(compareVersions(left, right)), sign));
  }

  it('are ordered by their numbers', () => {
    const version = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99));
    fc.assert(
      fc.property(version, version, (left, right) => {
        const expected =
          left.map((part, index) => Math.sign(part - (right[index] ?? 0))).find((sign) => sign !== 0) ?? 0;
        assert.equal(Math.sign(compareVersions(left.join('.'), right.join('.'))), expected);
      }),
    );
  });

  it('of this program is one of them', () => assert.match(programVersion, /^\d+\.\d+\.\d+$/));
});
