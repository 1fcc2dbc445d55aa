import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { describeFaults } from '../../../src/config/describe-faults.ts';
import { parseConfig } from '../../../src/config/parse-config.ts';
import { settingNames } from '../../../src/config/settings.ts';
import { anyCharacter } from '../../support/any-character.ts';

describe('parseConfig on anything', () => {
  const name = fc.oneof(
    fc.constantFrom(...settingNames, 'NIGHTWATCH_DATABASE_URL_FILE'),
    fc.string().map((text) => `NIGHTWATCH_${text}`),
  );
  const likely = fc.constantFrom(
    'mysql://u:p@h/t',
    'redis://a',
    'default',
    '5s',
    '1',
    '=',
    ',',
    ';',
    'a=@every 1s',
    '%',
    '[::1]:0',
    '',
    'off',
    '2Gi',
  );
  const value = fc.oneof(
    fc.string(),
    fc.string({ unit: anyCharacter }),
    likely,
    fc.tuple(likely, fc.string()).map((texts) => texts.join('')),
  );
  const environment = fc.dictionary(name, value, { maxKeys: 8 });
  const fileText = fc.oneof(
    fc.string(),
    fc.string({ unit: anyCharacter }),
    fc.dictionary(name, fc.jsonValue()).map((map) => JSON.stringify(map)),
  );

  it('answers, and never throws', () => {
    fc.assert(
      fc.property(
        environment,
        fc.option(fileText, { nil: undefined }),
        fc.constantFrom('run', 'migrate'),
        (given, text, command) => {
          const parsed = parseConfig({
            command,
            environment: given,
            file: text === undefined ? undefined : { path: '/f', text },
            readSecretFile: () => ({ result: 'read', text: text ?? '' }),
            defaultReplica: 'host-1',
          });
          if (parsed.result === 'invalid') assert.notEqual(describeFaults(parsed.faults), '');
        },
      ),
      { numRuns: 500 },
    );
  });
});
