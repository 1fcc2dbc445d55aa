import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDockerfile } from './subjects/image-start.ts';

describe('the start of the image', () => {
  it('is read from the last stage of a Dockerfile', () => {
    const lines = ['FROM a AS b', 'ENV LOST=1', 'FROM a', 'ENV NODE_ENV=production', 'ENV X=/y'];
    const { nodeArguments, env } = parseDockerfile(
      [...lines, 'ENTRYPOINT ["node", "--one=1", "--two", "src/start.js"]', 'CMD ["run"]'].join('\n'),
    );
    assert.deepEqual(nodeArguments, ['--one=1', '--two']);
    assert.deepEqual(env, { NODE_ENV: 'production', X: '/y' });
  });

  it('is not guessed where the image starts something else', () => {
    assert.throws(() => parseDockerfile('\nFROM a\nENTRYPOINT ["sh"]'), /does not start/);
    assert.throws(() => parseDockerfile('\nFROM a'), /does not start/);
  });
});
