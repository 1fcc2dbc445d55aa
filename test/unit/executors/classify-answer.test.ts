import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyAnswer } from '../../../src/executors/kubernetes/classify-answer.ts';
import { refusals } from '../../support/api-refusals.ts';
import { aJobObject, aStatus } from '../../support/builders.ts';

function classOf(status: number, body: object | string): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return classifyAnswer({ status, body: text, retryAfterMs: undefined }).class;
}

describe('an answer of the API server', () => {
  const table = [
    ['a Job that was created', 201, aJobObject(), 'ok'],
    ['a deletion that was accepted', 200, aStatus(200, '', ''), 'ok'],
    ['a name that exists', 409, refusals.alreadyExists, 'exists'],
    ['a name that is being deleted', 409, refusals.beingDeleted, 'exists'],
    ['a precondition that does not hold', 409, refusals.staleUid, 'stale'],
    ['a quota that was changed in the same moment', 409, refusals.quotaRace, 'stale'],
    ['a Job that is invalid', 422, refusals.invalid, 'invalid'],
    ['a field that does not exist', 400, refusals.strictDecoding, 'invalid'],
    ['a Job that is too large', 413, refusals.tooLarge, 'invalid'],
    ['a webhook that said no', 400, refusals.webhookDenied, 'denied'],
    ['a webhook that said no with a code of its own', 418, refusals.webhookDenied, 'denied'],
    ['a policy that said no', 422, refusals.policyDenied, 'denied'],
    ['a namespace that is going away', 403, refusals.namespaceTerminating, 'namespace-terminating'],
    ['a quota that is used up', 403, refusals.quotaExceeded, 'quota'],
    ['a quota that wants limits', 403, refusals.quotaFailed, 'quota'],
    ['a right that is missing', 403, refusals.noRole, 'forbidden'],
    ['a token that is not known', 401, refusals.unauthorized, 'forbidden'],
    ['a token that is not known, without a body', 401, '', 'forbidden'],
    ['a namespace that is missing', 404, refusals.noNamespace, 'missing'],
    ['a Job that is missing', 404, refusals.noJob, 'missing'],
    ['too many requests', 429, refusals.tooMany, 'throttled'],
    ['too many requests, in words', 429, 'Too many requests, please try again later.\n', 'throttled'],
    ['a webhook that is broken', 500, refusals.webhookBroken, 'unknown'],
    ['a change of leader in etcd', 503, refusals.etcdLeader, 'unknown'],
    ['a time-out of the server', 504, refusals.timeout, 'unknown'],
    ['a page of a proxy', 502, '<html><body>Bad Gateway</body></html>', 'unknown'],
    ['a redirection', 307, '', 'unknown'],
    ['a code that nobody uses', 418, aStatus(418, 'Teapot', 'short and stout'), 'unknown'],
  ] as const;
  for (const [what, status, body, expected] of table) {
    it(`to say ${what} (${status}) is ${expected}`, () => assert.equal(classOf(status, body), expected));
  }

  for (const body of [
    '',
    'null',
    '7',
    '"text"',
    '[]',
    '{"details":7}',
    '{"details":{"causes":[null,7,{}]}}',
    '{"message',
  ]) {
    it(`is judged by its code alone when its body is ${JSON.stringify(body)}`, () => {
      assert.equal(classOf(403, body), 'forbidden');
      assert.equal(classOf(500, body), 'unknown');
    });
  }

  for (const status of [400, 413, 422]) {
    it(`is no verdict on a row when it is the page of a proxy (${status})`, () =>
      assert.equal(classOf(status, '<html><body>Bad Request</body></html>'), 'unknown'));
  }

  it("gives the server's own sentence, or the code where there is none", () => {
    const answer = { status: 404, body: JSON.stringify(refusals.noNamespace), retryAfterMs: undefined };
    assert.equal(classifyAnswer(answer).message, 'namespaces "default" not found');
    assert.equal(classifyAnswer({ ...answer, body: '' }).message, 'HTTP 404');
  });

  it('is cut where its sentence is long', () => {
    const body = JSON.stringify(aStatus(422, 'Invalid', 'x'.repeat(10_000)));
    assert.equal(classifyAnswer({ status: 422, body, retryAfterMs: undefined }).message.length, 600);
  });
});
