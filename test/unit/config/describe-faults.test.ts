import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeFaults } from '../../../src/config/describe-faults.ts';
import { aConfigInput, faultsOf } from './a-config-input.ts';

describe('describeFaults', () => {
  it('says for each what was given, where, and what is allowed, one line each', () => {
    const text = describeFaults(
      faultsOf(
        aConfigInput({ NIGHTWATCH_LOG_LEVEL: 'loud\nX', NIGHTWATCH_NAMESPACES: undefined, NIGHTWATCH_IMAGE: 'x' }),
      ),
    );
    const lines = text.split('\n');
    assert.equal(lines.length, 4);
    assert.equal(lines[0], 'NIGHTWATCH_IMAGE (environment): there is no such setting; did you mean NIGHTWATCH_IMAGES?');
    assert.match(
      lines[1] ?? '',
      /^NIGHTWATCH_NAMESPACES is missing \(environment\); allowed is a comma-separated list/,
    );
    assert.equal(
      lines[2],
      "NIGHTWATCH_LOG_LEVEL is 'loud X' (environment); allowed is one of fatal, error, warn, info, debug, trace, silent",
    );
  });
});
