import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearest } from '../../src/nearest.ts';

const candidates = ['run', 'migrate', 'NIGHTWATCH_REDIS_URLS', 'NIGHTWATCH_IMAGES', 'image', 'args'];

describe('nearest', () => {
  for (const [word, expected] of [
    ['migrat', 'migrate'],
    ['migraet', 'migrate'],
    ['RUN', 'run'],
    ['rnu', 'run'],
    ['imgae', 'image'],
    ['NIGHTWATCH_REDIS_URL', 'NIGHTWATCH_REDIS_URLS'],
    ['NIGHTWATCH_IMAGE', 'NIGHTWATCH_IMAGES'],
  ] as const) {
    it(`takes '${word}' for '${expected}'`, () => {
      assert.equal(nearest(word, candidates), expected);
    });
  }

  for (const word of ['', 'deploy', 'x', 'volumes', 'NIGHTWATCH_REDIS'.repeat(1000)]) {
    it(`gives no hint for '${word.slice(0, 20)}'`, () => {
      assert.equal(nearest(word, candidates), undefined);
    });
  }

  it('prefers the candidate with fewer mistakes to an earlier one', () => {
    assert.equal(nearest('names', ['named', 'name', 'names']), 'names');
  });

  it('has no candidate to give from an empty list', () => {
    assert.equal(nearest('run', []), undefined);
  });
});
