import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { format, inspect } from 'node:util';
import { Secret } from '../../../src/config/secret.ts';

describe('Secret', () => {
  const secret = new Secret('hunter2');

  it('reveals its text when asked to', () => {
    assert.equal(secret.reveal(), 'hunter2');
  });

  for (const [what, shown] of [
    ['a template', `${secret}`],
    ['String', String(secret)],
    ['JSON', JSON.stringify({ secret })],
    ['inspect', inspect({ deep: { secret } }, { depth: null, showHidden: true })],
    ['format', format('%s %o %j', secret, secret, secret)],
    ['its own properties', JSON.stringify(Object.entries(secret))],
  ] as const) {
    it(`is hidden in ${what}`, () => {
      assert.doesNotMatch(shown, /hunter2/);
    });
  }

  it('shows that there is something', () => {
    assert.equal(`${secret}`, '***');
  });
});
