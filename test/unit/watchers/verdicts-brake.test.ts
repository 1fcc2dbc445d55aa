import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { realPause } from '../../support/eventually.ts';
import { verdictsAbout } from './verdicts-about.ts';

describe('a list that lacks many Jobs', () => {
  const table = [
    { open: 10, missing: 10, failed: 10 },
    { open: 11, missing: 11, failed: 0 },
    { open: 100, missing: 20, failed: 20 },
    { open: 100, missing: 21, failed: 0 },
    { open: 100, missing: 100, failed: 0 },
  ];
  for (const { open, missing, failed } of table) {
    it(`fails ${failed} rows when ${missing} of ${open} Jobs are missing`, async () => {
      await using test = await verdictsAbout(open);
      test.verdicts.listed('default', test.followed.slice(0, missing));
      await test.look();
      assert.equal(test.failed(), failed);
      assert.equal(test.verdicts.brakes.length, failed === 0 ? 1 : 0);
    });
  }

  it('says so loudly, and how to confirm it', async () => {
    await using test = await verdictsAbout(30);
    test.verdicts.listed('default', test.followed);
    assert.match(test.verdicts.brakes[0] ?? '', /30 of 30 .*NIGHTWATCH_ACCEPT_DELETED_JOBS/);
    const [line] = test.context.memoryLog.with('too many jobs are missing at once, no row is failed for it');
    assert.equal(line?.level, 50);
  });

  it('fails them all once an operator says that they were deleted on purpose', async () => {
    await using test = await verdictsAbout(30, { acceptsDeletedJobs: true });
    test.verdicts.listed('default', test.followed);
    await test.look();
    assert.deepEqual([test.failed(), test.verdicts.brakes.length], [30, 0]);
  });

  it('is forgotten as soon as a list has them again', async () => {
    await using test = await verdictsAbout(30);
    test.verdicts.listed('default', test.followed);
    test.verdicts.listed('default', []);
    assert.deepEqual(test.verdicts.brakes, []);
  });

  it('still fails rows whose Jobs are seen to be deleted one by one', async () => {
    await using test = await verdictsAbout(30);
    test.verdicts.listed('default', test.followed);
    for (const attempt of test.followed) test.verdicts.suspect(attempt);
    await test.look();
    assert.equal(test.failed(), 30);
  });

  it('condemns nobody when the wrong cluster lacks all Jobs of many namespaces', async () => {
    const namespaces = Array.from({ length: 10 }, (_, index) => `namespace-${index}`);
    await using test = await verdictsAbout(100, { namespaces });
    for (const namespace of namespaces) {
      test.verdicts.listed(
        namespace,
        test.followed.filter((attempt) => attempt.namespace === namespace),
      );
    }
    await test.look();
    assert.equal(test.failed(), 0);
  });

  it('waits for the lists of the other namespaces, which count together', async () => {
    await using test = await verdictsAbout(40, { namespaces: ['a', 'b', 'c', 'd'], settleMs: 60 });
    const missingIn = (namespace: string) => test.followed.filter((attempt) => attempt.namespace === namespace);
    test.verdicts.listed('a', missingIn('a'));
    await test.look();
    assert.equal(test.failed(), 0);
    test.verdicts.listed('b', missingIn('b'));
    await realPause(70);
    await test.look();
    assert.deepEqual([test.failed(), test.verdicts.brakes.length], [0, 1]);
  });

  it('fails a few rows when the lists have settled', async () => {
    await using test = await verdictsAbout(40, { namespaces: ['a', 'b', 'c', 'd'], settleMs: 30 });
    test.verdicts.listed('a', test.followed.slice(0, 2));
    await realPause(40);
    await test.look();
    assert.equal(test.failed(), 2);
  });

  it('condemns nobody when the lists of the wrong cluster come one after the other', async () => {
    const namespaces = Array.from({ length: 10 }, (_, index) => `namespace-${index}`);
    await using test = await verdictsAbout(100, { namespaces, settleMs: 5 });
    for (const namespace of namespaces) {
      const missing = test.followed.filter((attempt) => attempt.namespace === namespace);
      test.verdicts.listed(namespace, missing);
      await realPause(10); // such a namespace has many Jobs, or could not be listed at first
      await test.look();
    }
    assert.ok(test.failed() <= 20, `${test.failed()} of 100 rows failed`);
  });

  it('fails a few rows though some namespace is listed every moment', async () => {
    await using test = await verdictsAbout(40, { settleMs: 40 });
    test.verdicts.listed('default', test.followed.slice(0, 2));
    for (let lists = 0; lists < 40 && test.failed() === 0; lists += 1) {
      test.verdicts.listed(`other-${lists}`, []);
      await realPause(10);
      await test.look();
    }
    assert.equal(test.failed(), 2);
  });

  it('counts those too that are still being looked for', async () => {
    const namespaces = Array.from({ length: 10 }, (_, index) => `namespace-${index}`);
    await using test = await verdictsAbout(100, { namespaces });
    test.context.cluster.onFind = () => ({ result: 'unknown', reason: 'ApiUnavailable', detail: 'busy' });
    for (const namespace of namespaces) {
      const missing = test.followed.filter((attempt) => attempt.namespace === namespace);
      test.verdicts.listed(namespace, missing);
      await test.look();
    }
    assert.equal(test.verdicts.brakes.length, 1);
  });

  it('lifts its brake when later lists have those again that were still being looked for', async () => {
    await using test = await verdictsAbout(40, { namespaces: ['a', 'b'] });
    const missingIn = (namespace: string) => test.followed.filter((attempt) => attempt.namespace === namespace);
    test.context.cluster.onFind = () => ({ result: 'unknown', reason: 'ApiUnavailable', detail: 'busy' });
    test.verdicts.listed('a', missingIn('a').slice(0, 10));
    await test.look();
    test.verdicts.listed('b', missingIn('b').slice(0, 8));
    assert.equal(test.verdicts.brakes.length, 1);
    test.verdicts.listed('a', []);
    test.verdicts.listed('b', missingIn('b').slice(0, 1));
    assert.deepEqual(test.verdicts.brakes, []);
  });
});
