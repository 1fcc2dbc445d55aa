import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultReplica } from '../../../src/config/default-replica.ts';
import { aConfigInput, validRunConfig } from './a-config-input.ts';

describe('defaultReplica', () => {
  for (const [hostName, processId, expected] of [
    ['nightwatch-5d9-x7k', 1, 'nightwatch-5d9-x7k-1'],
    ['my häuschen', 42, 'my_h_uschen-42'],
    ['h'.repeat(64), 4_194_304, `${'h'.repeat(56)}-4194304`],
  ] as const) {
    it(`makes '${expected}', which could have been configured`, () => {
      const name = defaultReplica(hostName, processId);
      assert.equal(name, expected);
      assert.equal(validRunConfig(aConfigInput({ NIGHTWATCH_REPLICA: name })).replica, expected);
    });
  }
});
