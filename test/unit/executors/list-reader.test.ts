import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ListReader } from '../../../src/executors/kubernetes/list-reader.ts';
import { anyCharacter } from '../../support/any-character.ts';
import { cutBytes } from './cut-bytes.ts';

function readList(chunks: readonly Buffer[], toItem = (value: unknown): unknown => ({ value })) {
  const reader = new ListReader(toItem);
  for (const chunk of chunks) reader.take(chunk);
  return reader.end();
}

const text = fc.string({ unit: fc.oneof(anyCharacter, fc.constantFrom(...'"\\{}[],:')) });
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.constantFrom(null, true, -1.5e-9, '"items":[', '{"items":[{'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constant('items')), tie('value'), { maxKeys: 4 }),
  ),
})).value;

/** A list as somebody may write it: its fields in any order. */
const list = fc
  .tuple(fc.array(fc.tuple(text, value), { maxLength: 3 }), fc.array(value, { maxLength: 6 }), fc.nat(3))
  .map(([fields, items, place]) => {
    const others = fields.filter(([key]) => key !== 'items' && key !== '__proto__');
    const rest = Object.fromEntries([...others.slice(place), ['items', []], ...others.slice(0, place)]);
    return { items, rest, whole: { ...rest, items } };
  });

describe('the reader of a list', () => {
  it('reads the same however the list is written and its bytes are cut, in the middle of a character too', () => {
    const blanks = fc.constantFrom(undefined, ' ', '\t', '\r\n');
    const property = fc.property(list, blanks, fc.array(fc.nat()), ({ items, rest, whole }, indent, places) => {
      const bytes = Buffer.from(JSON.stringify(whole, undefined, indent));
      const written = JSON.parse(bytes.toString()); // halves of surrogate pairs are escaped in it
      const read = readList(cutBytes(bytes, places));
      assert.deepEqual(
        read.items,
        written.items.map((item: unknown) => ({ value: item })),
      );
      assert.equal(read.items.length, items.length);
      assert.deepEqual(read.frame, JSON.parse(JSON.stringify(rest)));
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('has made an item of what is complete, and keeps nothing of what makes none', () => {
    const seen: unknown[] = [];
    const reader = new ListReader((item) => {
      seen.push(item);
      return item === 1 ? undefined : item;
    });
    reader.take(Buffer.from('{"items":[1,2,3'));
    assert.deepEqual(seen, [1, 2]);
    reader.take(Buffer.from('4]}'));
    assert.deepEqual(reader.end().items, [2, 34]);
  });

  it('takes only an array of items of the list itself for the items', () => {
    const { items, frame } = readList([Buffer.from('{"a":[1],"b":{"items":[2]},"c\\"items":[3],"d":"items"}')]);
    assert.deepEqual(items, []);
    assert.deepEqual(frame, { a: [1], b: { items: [2] }, 'c"items': [3], d: 'items' });
  });

  it('refuses a list that breaks off anywhere', () => {
    const bytes = Buffer.from('{"kind":"JobList","items":[{"a":["]}"]},{"b":1}],"metadata":{}}');
    for (let length = 0; length < bytes.length; length += 1)
      assert.throws(() => readList([bytes.subarray(0, length)]), SyntaxError, bytes.toString('utf8', 0, length));
    assert.equal(readList([bytes]).items.length, 2);
  });

  it('says in the end that an item is no JSON, whatever comes after it', () => {
    const reader = new ListReader((item) => item);
    reader.take(Buffer.from('{"items":[{"a":1},{b:2},'));
    reader.take(Buffer.from('{"c":3}]}'));
    assert.throws(() => reader.end(), SyntaxError);
  });
});
