import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasons } from '../../../src/task/reasons.ts';

test('every reason is one word that fits its column, explained in one sentence', () => {
  for (const [reason, explanation] of Object.entries(reasons)) {
    assert.match(reason, /^[A-Z][A-Za-z]{1,62}$/);
    assert.match(explanation, /^[A-Z][^\n]{20,200}\.$/);
  }
});
