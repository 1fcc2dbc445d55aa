import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isHeldByMajority } from '../../../src/leader/redlock/is-held.ts';

const longestMs = 50_000;
const [held, free, away, hangs] = [4_000, -2, 'away', 'hangs'] as const;

function aServer(answer: number | typeof away | typeof hangs) {
  return {
    pttl: () => {
      if (answer === hangs) return new Promise<number>(() => {});
      return answer === away ? Promise.reject(new Error('Connection is closed.')) : Promise.resolve(answer);
    },
  };
}

describe('a look at who keeps the lock', () => {
  for (const [what, answers, isHeld] of [
    ['the only server keeps it', [held], true],
    ['the only server does not', [free], false],
    ['the only server is away', [away], false],
    ['two of three keep it and one hangs', [hangs, held, held], true],
    ['two of three do not and one hangs', [free, hangs, free], false],
    ['one of three keeps it, from a vote that was lost', [held, free, free], false],
    ['two of five are away, and not all others keep it', [away, held, held, away, free], false],
    ['two of five are away, and all others keep it', [away, held, held, away, held], true],
    // Only asking for it in earnest takes these away.
    ['it would outlast every lease, because a clock was set back', [longestMs + 1], false],
    ['it has no end', [-1], false],
  ] as const) {
    it(`${isHeld ? 'says that asking for it is vain' : 'has it asked for'} when ${what}`, async () => {
      assert.equal(await isHeldByMajority(answers.map(aServer), 'nightwatch:lock:a', longestMs), isHeld);
    });
  }
});
