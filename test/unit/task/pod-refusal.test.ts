import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalIn } from '../../../src/task/pod-refusal.ts';

const refusals = [
  [
    'Error creating: pods "a" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
    'PodSecurity',
  ],
  ['Error creating: pods "a" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2', 'QuotaExceeded'],
  ['Error creating: pods "a" is forbidden: failed quota: few: must specify limits.cpu', 'QuotaExceeded'],
  [
    'Error creating: pods "a" is forbidden: error looking up service account x/y: serviceaccount "y" not found',
    'Forbidden',
  ],
  ['Error creating: admission webhook "x.test" denied the request: no', 'AdmissionDenied'],
  ['Error creating: pods "a" is forbidden: maximum cpu usage per Container is 1, but limit is 2', 'AdmissionDenied'],
  ['Error creating: Internal error occurred: failed calling webhook "x": context deadline exceeded', 'ApiUnavailable'],
] as const;

for (const [message, reason] of refusals) {
  test(`a pod that cannot be made, ${message.slice(0, 90)}…, is ${reason}`, () => {
    assert.deepEqual(refusalIn(message), { reason, message });
  });
}
