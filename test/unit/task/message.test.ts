import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { capMessage, joinFaults, maximumMessageLength, quoted } from '../../../src/task/message.ts';
import { anyCharacter } from '../../support/any-character.ts';

test('a message that fits is kept as it is', () => {
  assert.equal(capMessage('x'.repeat(maximumMessageLength)), 'x'.repeat(maximumMessageLength));
});

test('a message is never cut in the middle of a character', () => {
  const message = capMessage(`${'x'.repeat(maximumMessageLength - 2)}👍👍`);
  assert.equal(message, `${'x'.repeat(maximumMessageLength - 2)}…`);
});

test('faults that fit are all told', () => {
  assert.equal(joinFaults(['one', 'two', 'three']), 'one; two; three');
});

test('faults that do not fit are counted', () => {
  const faults = Array.from({ length: 20 }, () => 'x'.repeat(98));
  const message = joinFaults(faults);
  assert.ok(message.length <= maximumMessageLength);
  assert.equal(message, `${faults.slice(0, 9).join('; ')}; and 11 more`);
});

test('whatever the faults, the message fits its column and is well-formed', () => {
  const faults = fc.array(fc.string({ unit: anyCharacter, maxLength: 300 }), { maxLength: 30 });
  fc.assert(
    fc.property(faults, (given) => {
      const message = joinFaults(given);
      assert.ok(message.length <= maximumMessageLength);
      assert.ok(message.isWellFormed());
    }),
  );
});

test('a quoted word is short and has nothing invisible in it', () => {
  assert.equal(quoted('comand'), `'comand'`);
  assert.equal(quoted('a\u001b[31m\u202eb\ud800\u2028'), `'a\\u001b[31m\\u202eb\\ud800\\u2028'`);
  assert.equal(quoted('👍'.repeat(61)), `'${'👍'.repeat(60)}…'`);
  assert.equal(quoted('👍'.repeat(60)), `'${'👍'.repeat(60)}'`);
});
