import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { refusals } from '../../support/api-refusals.ts';
import { aPodView, aStatus } from '../../support/builders.ts';
import type { ScriptedAnswer } from '../../support/scripted-api-server.ts';
import { anExecutor, soon } from './an-executor.ts';

const { name, namespace, uid, attemptId = '' } = aPodView();

function aPodObject(podName: string): object {
  const labels = { 'nightwatch.dev/attempt-id': attemptId, 'batch.kubernetes.io/controller-uid': 'job-uid' };
  const metadata = { name: podName, namespace, uid, labels, resourceVersion: '7' };
  return { kind: 'Pod', metadata, spec: { nodeName: 'node' }, status: { phase: 'Running' } };
}

function aPage(names: readonly string[], next?: string): ScriptedAnswer {
  return { status: 200, body: { metadata: { resourceVersion: '9', continue: next }, items: names.map(aPodObject) } };
}

/** A log in answers of these pieces. */
function aLogOf(...pieces: readonly (string | Buffer)[]): ScriptedAnswer {
  return {
    stream: async (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      for (const piece of pieces) await new Promise((resolve) => response.write(piece, resolve));
      response.end();
    },
  };
}

describe('the pods of an attempt', () => {
  it('are listed by its id, page by page', async () => {
    let asked = 0;
    await using test = await anExecutor(() => [aPage(['a', 'b'], 'more'), aPage(['c'])][asked++] ?? { status: 500 });
    const outcome = await test.executor.listPods(namespace, [attemptId], soon());
    assert.ok(outcome.result === 'listed');
    assert.deepEqual(
      outcome.pods.map((pod) => pod.name),
      ['a', 'b', 'c'],
    );
    assert.equal(outcome.pods[0]?.jobUid, 'job-uid');
    const [first] = test.server.requests;
    const { pathname, searchParams } = new URL(first?.path ?? '', 'https://x');
    assert.equal(pathname, `/api/v1/namespaces/${namespace}/pods`);
    assert.equal(searchParams.get('labelSelector'), `nightwatch.dev/attempt-id in (${attemptId})`);
  });

  it('are listed with those of others of its namespace', async () => {
    await using test = await anExecutor(() => aPage(['a']));
    await test.executor.listPods(namespace, ['1a', '2b'], soon());
    const { searchParams } = new URL(test.server.requests[0]?.path ?? '', 'https://x');
    assert.equal(searchParams.get('labelSelector'), 'nightwatch.dev/attempt-id in (1a,2b)');
  });

  for (const [what, answer] of [
    ['it is forbidden', { status: 403, body: aStatus(403, 'Forbidden', 'no pods for you') }],
    ['the server fails', { status: 500 }],
    ['no answer comes', 'reset'],
    ['the answer is no list', { status: 200, body: 'a page of a proxy' }],
    ['the list was gone in the middle', { status: 410, body: refusals.expired }],
  ] as const) {
    it(`are not known when ${what}`, async () => {
      await using test = await anExecutor(() => answer);
      const outcome = await test.executor.listPods(namespace, [attemptId], soon());
      assert.equal(outcome.result, 'unknown');
    });
  }

  it('are watched as Jobs are, from a list on', async () => {
    const event = (type: string, podName: string) => `${JSON.stringify({ type, object: aPodObject(podName) })}\n`;
    await using test = await anExecutor(({ path }) =>
      path.includes('watch=1')
        ? { stream: (response) => void response.writeHead(200).write(event('MODIFIED', 'a') + event('DELETED', 'b')) }
        : aPage(['a', 'b']),
    );
    const told: string[] = [];
    const end = new AbortController();
    const { promise: isOver, resolve } = Promise.withResolvers<void>();
    const observing = test.executor.observePods(
      namespace,
      {
        listing: () => void told.push('listing'),
        listed: () => void told.push('listed'),
        changed: (pod) => void told.push(`changed ${pod.name}`),
        deleted: (pod) => {
          told.push(`deleted ${pod.name}`);
          resolve();
        },
        trouble: () => {},
      },
      end.signal,
    );
    await isOver;
    end.abort();
    await observing;
    assert.deepEqual(told, ['listing', 'changed a', 'changed b', 'listed', 'changed a', 'deleted b']);
  });
});

describe('the log of a pod', () => {
  it('is read from its end, of the one container, as much as is wanted', async () => {
    await using test = await anExecutor(() => aLogOf('one\ntwo\n', 'three\n'));
    const outcome = await test.executor.readLog(aPodView(), 1_000, soon());
    assert.deepEqual(outcome, { result: 'read', text: 'one\ntwo\nthree\n', isCut: false });
    const { pathname, searchParams } = new URL(test.server.requests[0]?.path ?? '', 'https://x');
    assert.equal(pathname, `/api/v1/namespaces/${namespace}/pods/${name}/log`);
    assert.equal(searchParams.get('container'), 'task');
    assert.equal(test.server.requests.length, 1);
  });

  it('is cut at its beginning when it is longer', async () => {
    await using test = await anExecutor(() => aLogOf(...Array.from({ length: 100 }, (_, index) => `line ${index}\n`)));
    const outcome = await test.executor.readLog(aPodView(), 100, soon());
    assert.ok(outcome.result === 'read' && outcome.isCut);
    assert.match(outcome.text, /^line \d+\n(line \d+\n)*line 99\n$/);
  });

  it('of very short lines is read again with as many lines as there is room for', async () => {
    await using test = await anExecutor(({ path }) => {
      const lines = Number(new URL(path, 'https://x').searchParams.get('tailLines'));
      return aLogOf('y\n'.repeat(Math.min(lines, 200)));
    });
    const outcome = await test.executor.readLog(aPodView(), 100, soon());
    assert.deepEqual(outcome, { result: 'read', text: 'y\n'.repeat(50), isCut: true });
    assert.equal(test.server.requests.length, 2);
  });

  for (const [what, status, message] of [
    ['the pod is gone', 404, 'pods "x" not found'],
    ['its container never started', 400, 'container "task" in pod "x" is waiting to start: ContainerCreating'],
  ] as const) {
    it(`will never be there when ${what}`, async () => {
      const body = aStatus(status, status === 404 ? 'NotFound' : 'BadRequest', message);
      await using test = await anExecutor(() => ({ status, body }));
      assert.deepEqual(await test.executor.readLog(aPodView(), 100, soon()), { result: 'none', detail: message });
    });
  }

  it('will never be there of a pod without a node, which is not asked for it', async () => {
    await using test = await anExecutor(() => aLogOf('x'));
    const outcome = await test.executor.readLog(aPodView({ hasNode: false }), 100, soon());
    assert.deepEqual([outcome.result, test.server.requests.length], ['none', 0]);
  });

  it('will never be there when the node has lost the file', async () => {
    await using test = await anExecutor(() => aLogOf('unable to retrieve container logs for containerd://abc'));
    assert.equal((await test.executor.readLog(aPodView(), 100, soon())).result, 'none');
  });

  for (const [what, answer] of [
    ['the node does not answer the server', { status: 500, body: aStatus(500, 'InternalError', 'dial tcp') }],
    ['it is forbidden', { status: 403, body: aStatus(403, 'Forbidden', 'no') }],
    ['no answer comes', 'reset'],
    [
      'it breaks off',
      {
        stream: (response: ServerResponse) => void response.writeHead(200).write('x', () => response.socket?.destroy()),
      },
    ],
  ] as const) {
    it(`may come later when ${what}`, async () => {
      await using test = await anExecutor(() => answer);
      assert.equal((await test.executor.readLog(aPodView(), 100, soon())).result, 'unknown');
    });
  }
});

describe('why a Job gets no pods', () => {
  const job = { namespace, uid: 'job-uid' };
  const event = (message: string, lastTimestamp: string) => ({ message, lastTimestamp });

  it('is what its newest event says', async () => {
    const items = [
      event('exceeded quota: old', '2026-01-01T00:00:00Z'),
      event('violates PodSecurity "restricted:latest"', '2026-01-01T00:01:00Z'),
    ];
    await using test = await anExecutor(() => ({ status: 200, body: { items } }));
    const outcome = await test.executor.findRefusal(job, soon());
    assert.deepEqual([outcome.result, 'reason' in outcome && outcome.reason], ['refused', 'PodSecurity']);
    const { searchParams } = new URL(test.server.requests[0]?.path ?? '', 'https://x');
    assert.equal(searchParams.get('fieldSelector'), 'involvedObject.uid=job-uid,reason=FailedCreate');
  });

  it('is nothing without an event, and not known without an answer', async () => {
    await using none = await anExecutor(() => ({ status: 200, body: { items: [] } }));
    assert.deepEqual(await none.executor.findRefusal(job, soon()), { result: 'none' });
    for (const answer of [{ status: 403, body: refusals.expired }, 'reset', { status: 200, body: 'a page' }] as const) {
      await using test = await anExecutor(() => answer);
      assert.equal((await test.executor.findRefusal(job, soon())).result, 'unknown');
    }
  });
});
