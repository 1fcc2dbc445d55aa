import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasons } from '../../../src/task/reasons.ts';

test('every reason is one word, or a family and a member of it, explained in one sentence', () => {
  for (const [reason, explanation] of Object.entries(reasons)) {
    assert.match(reason, /^(?=.{2,63}$)[A-Z][A-Za-z]+(\.[A-Z][A-Za-z]+)?$/);
    assert.match(explanation, /^[A-Z][^\n]{20,200}\.$/);
  }
});
