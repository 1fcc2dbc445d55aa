import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isWrite, parseAuditLog } from '../../support/audit-log.ts';

function anEvent(overrides: object = {}): object {
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    stage: 'ResponseComplete',
    requestURI: '/apis/batch/v1/namespaces/demo/jobs',
    verb: 'create',
    user: { username: 'system:serviceaccount:nightwatch-system:nightwatch', groups: ['system:authenticated'] },
    userAgent: 'nightwatch/0.1.0 (a; epoch 7)',
    objectRef: { resource: 'jobs', namespace: 'demo', name: 'demo-task-1', apiGroup: 'batch', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 201 },
    requestReceivedTimestamp: '2026-01-01T00:00:00.000001Z',
    stageTimestamp: '2026-01-01T00:00:00.004002Z',
    ...overrides,
  };
}

function aLog(...events: readonly object[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

describe('parseAuditLog', () => {
  it('tells who did what to which Job, with what answer and when', () => {
    assert.deepEqual(parseAuditLog(aLog(anEvent())), [
      {
        verb: 'create',
        namespace: 'demo',
        name: 'demo-task-1',
        subresource: undefined,
        code: 201,
        user: 'system:serviceaccount:nightwatch-system:nightwatch',
        userAgent: 'nightwatch/0.1.0 (a; epoch 7)',
        receivedAt: '2026-01-01T00:00:00.000001Z',
        answeredAt: '2026-01-01T00:00:00.004002Z',
        uid: undefined,
        labels: {},
        end: undefined,
      },
    ]);
  });

  it('knows uid and labels of a Job that is in the answer', () => {
    const job = { kind: 'Job', metadata: { uid: '7d9b', labels: { team: 'blue' } }, spec: {} };
    const [entry] = parseAuditLog(aLog(anEvent({ responseObject: job })));
    assert.equal(entry?.uid, '7d9b');
    assert.deepEqual(entry?.labels, { team: 'blue' });
  });

  it('knows the end that a Job has come to, by the write of its status', () => {
    const conditions = [
      { type: 'FailureTarget', status: 'True' },
      { type: 'Failed', status: 'True' },
    ];
    const objectRef = { resource: 'jobs', namespace: 'demo', name: 'demo-task-1', subresource: 'status' };
    const responseObject = { kind: 'Job', metadata: { uid: '7d9b' }, status: { conditions } };
    const [entry] = parseAuditLog(aLog(anEvent({ verb: 'update', objectRef, responseObject })));
    assert.equal(entry?.end, 'Failed');
    assert.ok(entry && !isWrite(entry), 'a status alone is no write of the Job');
  });

  it('knows the uid of a Job whose deletion is answered with a Status', () => {
    const status = { kind: 'Status', status: 'Success', details: { name: 'demo-task-1', kind: 'jobs', uid: '7d9b' } };
    const [entry] = parseAuditLog(aLog(anEvent({ verb: 'delete', responseObject: status })));
    assert.equal(entry?.uid, '7d9b');
  });

  it('counts a request once, when it is answered', () => {
    const log = aLog(anEvent({ stage: 'RequestReceived' }), anEvent({ stage: 'ResponseStarted' }), anEvent());
    assert.equal(parseAuditLog(log).length, 1);
  });

  it('leaves out a line that the server is still writing', () => {
    const whole = aLog(anEvent(), anEvent());
    assert.equal(parseAuditLog(whole.slice(0, -20)).length, 1);
    assert.equal(parseAuditLog(whole.slice(0, -1)).length, 1);
  });

  it('reads an empty log', () => {
    assert.deepEqual(parseAuditLog(''), []);
  });

  it('refuses a line that is not an audit event', () => {
    assert.throws(() => parseAuditLog('{"stage":"ResponseComplete"}\n'));
  });
});

describe('isWrite', () => {
  for (const [verb, expected] of [
    ['create', true],
    ['delete', true],
    ['deletecollection', true],
    ['patch', true],
    ['get', false],
    ['list', false],
    ['watch', false],
  ] as const) {
    it(`${expected ? 'counts' : 'does not count'} ${verb}`, () => {
      const [entry] = parseAuditLog(aLog(anEvent({ verb })));
      assert.equal(entry && isWrite(entry), expected);
    });
  }
});
