import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Executor } from '../../../src/executors/executor.ts';
import type { ApiAnswer, ApiClient } from '../../../src/executors/kubernetes/api-client.ts';
import { createKubernetesExecutor } from '../../../src/executors/kubernetes/kubernetes-executor.ts';
import { GoneError, RefusedError } from '../../../src/executors/kubernetes/list-objects.ts';
import { buildJob } from '../../../src/task/job-manifest.ts';
import { statusOfJob } from '../../../src/task/job-status.ts';
import type { JobView } from '../../../src/task/job-view.ts';
import { anyCharacter } from '../../support/any-character.ts';
import { refusals } from '../../support/api-refusals.ts';
import { aClaimedTask, aJobObject, aJobView, anAttempt, aPolicy, aSpec } from '../../support/builders.ts';
import { aMemoryLog } from '../../support/memory-log.ts';

const { installationId } = aPolicy();
const attempt = anAttempt();
const job = buildJob(aClaimedTask(), aSpec(), aPolicy());
const list = { kind: 'JobList', metadata: { resourceVersion: '7' }, items: [aJobObject()] };
const event = { type: 'MODIFIED', object: aJobObject() };
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: anyCharacter, maxLength: 8 }),
  fc.constant('x'.repeat(5_000)),
);

/** What an API server says, with other values at a few places; or anything at all. */
function nearly(right: readonly object[]): fc.Arbitrary<string> {
  const changed = fc
    .tuple(fc.constantFrom(...right), fc.array(fc.tuple(fc.nat(), odd), { maxLength: 3 }))
    .map(([value, changes]) => JSON.stringify(changes.reduce(withChange, JSON.parse(JSON.stringify(value)))));
  const cut = fc.tuple(changed, fc.nat()).map(([text, length]) => text.slice(0, length % (text.length + 1)));
  return fc.oneof(
    { arbitrary: changed, weight: 5 },
    cut,
    fc.json(),
    fc.string({ unit: anyCharacter }),
    fc.constant('<html>'),
  );
}

const retryAfterMs = fc.constantFrom(undefined, 1, 1e15);
const refused = fc.record({
  status: fc.constantFrom(204, 302, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503, 999),
  body: nearly(Object.values(refusals)),
  retryAfterMs,
});
const granted = fc.record({ status: fc.constantFrom(200, 201), body: nearly([aJobObject(), list]), retryAfterMs });
const answers = fc.array(fc.oneof(refused, granted), { minLength: 1, maxLength: 3 });

describe('whatever the API server answers', () => {
  it('every call comes to an outcome that a row can be told of', async () => {
    let launched = 0;
    const property = fc.asyncProperty(answers, async (given) => {
      const executor = anExecutorThatHears(given);
      const { signal } = new AbortController();
      const outcomes = [
        await executor.launch(attempt, job, signal),
        await executor.look(attempt, signal),
        await executor.find('default', 'demo-task-1', signal),
        await executor.remove(aJobView(), signal),
      ];
      for (const outcome of outcomes) {
        if (outcome.result === 'launched') launched += 1;
        if (outcome.result === 'launched') assert.match(outcome.jobUid, /^[!-~]{1,36}$/);
        if (outcome.result === 'throttled') assert.ok(outcome.pauseMs <= 30_000);
        const words = 'message' in outcome ? outcome.message : 'detail' in outcome ? outcome.detail : '';
        assert.ok(words.length <= 6_000, words);
      }
    });
    await fc.assert(property, { numRuns: 400 });
    assert.ok(launched > 50, `only ${launched} were launched`);
  });

  it('a list is read, or refused as a whole', async () => {
    const property = fc.asyncProperty(answers, async (given) => {
      try {
        // A server that always says that there is more could go on for ever.
        for await (const jobs of anExecutorThatHears(given).list('default', AbortSignal.timeout(1_000)))
          for (const each of jobs) assertReadable(each);
      } catch (error) {
        assert.ok(
          error instanceof RefusedError || error instanceof GoneError || error instanceof SyntaxError,
          String(error),
        );
      }
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('a watch tells of nothing but Jobs, and begins again', async () => {
    const lines = fc.array(
      nearly([event, { type: 'BOOKMARK', object: aJobObject() }, { type: 'ERROR', object: { code: 410 } }]),
    );
    let told = 0;
    const property = fc.asyncProperty(lines, async (given) => {
      const end = new AbortController();
      const client: ApiClient = {
        async request({ onBytes }) {
          onBytes?.(Buffer.from(JSON.stringify({ ...list, items: [] })));
          return { status: 200, body: '', retryAfterMs: undefined };
        },
        async stream() {
          // What has come is read to its end all the same.
          end.abort();
          return { status: 200, body: Readable.from([Buffer.from(`${given.join('\n')}\n`)]) };
        },
        download: () => assert.fail('nothing is downloaded'),
        async [Symbol.asyncDispose]() {},
      };
      const executor = createKubernetesExecutor({ client, installationId, log: aMemoryLog().log });
      const jobs: JobView[] = [];
      const note = (view: JobView) => void jobs.push(view);

      await executor.observe(
        'default',
        { changed: note, deleted: note, listing() {}, listed() {}, trouble() {} },
        end.signal,
      );

      for (const each of jobs) assertReadable(each);
      told += jobs.length;
    });
    await fc.assert(property, { numRuns: 300 });
    assert.ok(told > 20, `only ${told} were told`);
  });
});

function anExecutorThatHears(answers: readonly ApiAnswer[]): Executor {
  let count = 0;
  const client: ApiClient = {
    async request({ onBytes }) {
      const answer = answers[count % answers.length];
      count += 1;
      // In the end every server lets go.
      if (count > 20 || answer === undefined) return { status: 500, body: '', retryAfterMs: undefined };
      if (onBytes === undefined || answer.status >= 300) return answer;
      onBytes(Buffer.from(answer.body));
      return { ...answer, body: '' };
    },
    stream: () => assert.fail('nothing is watched'),
    download: () => assert.fail('nothing is downloaded'),
    async [Symbol.asyncDispose]() {},
  };
  return createKubernetesExecutor({ client, installationId, log: aMemoryLog().log });
}

/** What is told of a Job has to be fit for judging: whatever it says, its state is found without an error. */
function assertReadable(view: JobView): void {
  for (const text of [view.name, view.namespace, view.resourceVersion]) assert.equal(typeof text, 'string');
  assert.match(view.uid, /^[!-~]{1,36}$/);
  statusOfJob(view, false);
}

function withChange(value: unknown, [place, put]: readonly [number, unknown]): unknown {
  const holders = holdersIn(value);
  const holder = holders[place % Math.max(holders.length, 1)];
  const keys = Object.keys(holder ?? {});
  const key = keys[place % Math.max(keys.length, 1)];
  if (holder === undefined || key === undefined) return put;
  Reflect.set(holder, key, put);
  return value;
}

function holdersIn(value: unknown): readonly object[] {
  return typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(holdersIn)] : [];
}
