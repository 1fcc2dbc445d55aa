import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeFaults } from '../../../src/config/describe-faults.ts';
import { maximumFileBytes } from '../../../src/config/file-source.ts';
import { parseConfig } from '../../../src/config/parse-config.ts';
import { aConfigInput } from '../config/a-config-input.ts';

/** Far longer than any of these needs, and far shorter than one that grows with the square of its size. */
const longestMs = 10_000;
/** A screen or two of an operator. */
const longestText = 4_000;

/** As many numbered pieces as a file has room for. */
function filled(piece: (index: number) => string, around: readonly [string, string] = ['', '']): string {
  let text = around[0];
  for (let index = 0; text.length + piece(index).length + around[1].length <= maximumFileBytes; index += 1) {
    text += piece(index);
  }
  return text + around[1];
}

const bombs = {
  'aliases of aliases': [...'bcdefghij'].reduce(
    (text, name, index) => `${text}\n${name}: &${name} [${`*${'abcdefghi'[index]},`.repeat(9)}]`,
    'a: &a [x, x, x, x, x, x, x, x, x]',
  ),
  'aliases of a large list': filled(
    (index) => `n${index},`,
    ['NIGHTWATCH_IMAGES: &a [', `]\nx: [${'*a,'.repeat(99)}]`],
  ),
  'a list that holds itself': 'NIGHTWATCH_IMAGES: &a [*a]',
  'open brackets': '['.repeat(50_000),
  'open maps': '{a: '.repeat(20_000),
  'ever deeper lines': filled((index) => `${' '.repeat(index)}k:\n`),
  'many names': filled((index) => `k${index}:\n`),
  'many names on one line': filled((index) => `k${index}: a,`, ['{', '}']),
  'many names in a map': filled((index) => `n${index}: off,`, ['NIGHTWATCH_WATCHERS: {', '}']),
  'many wrong escapes': filled(() => '\\q', ['a: "', '"']),
  'a name without end': `${'x'.repeat(900)}: a\n`,
  'names that move the cursor': '"\\e[2J\\r\\n\\u202e": a',
  'a schedule without end': filled(() => '*/1,', ['NIGHTWATCH_WATCHERS: { sync: "', '" }']),
  'keys of prototypes': '__proto__: { NIGHTWATCH_REPLICA: polluted }\nconstructor: { prototype: a }\ntoString: a',
} as const;

describe('a hostile configuration file', () => {
  for (const [what, text] of Object.entries(bombs)) {
    it(`with ${what} is refused soon and in few words`, () => {
      assert.ok(text.length <= maximumFileBytes);
      const startedMs = performance.now();

      const parsed = parseConfig(aConfigInput({}, { file: { path: '/etc/nightwatch.yaml', text } }));

      assert.ok(parsed.result === 'invalid');
      const told = describeFaults(parsed.faults);
      assert.ok(performance.now() - startedMs < longestMs);
      assert.ok(told.length < longestText, `${told.length} characters: ${told.slice(0, 200)}`);
      assert.doesNotMatch(told.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
      assert.equal(Reflect.get({}, 'NIGHTWATCH_REPLICA'), undefined);
    });
  }
});
