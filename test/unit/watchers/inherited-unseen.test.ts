import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobView } from '../../../src/task/job-view.ts';
import { createResync } from '../../../src/watchers/resync/resync.ts';
import { loadOpenAttempts } from '../../../src/watchers/sync/load-open-attempts.ts';
import { ObservationState } from '../../../src/watchers/sync/observation-state.ts';
import { aTermContext } from '../../support/term-context.ts';
import { anInheritance } from './an-inheritance.ts';

/** A row that was taken over with its Job, in a namespace that cannot be listed since. */
async function anUnseenInheritance(status: string, job: Partial<JobView> = {}) {
  const test = await anInheritance();
  const { cluster, context } = test;
  const isListable = cluster.onList;
  cluster.onList = () => {
    throw new Error('jobs.batch is forbidden');
  };
  test.leave('1', status);
  test.putJob('1', job);
  await test.look();
  const options = { namespaces: ['default'], lostNamespaces: [], state: new ObservationState() };
  const resync = createResync(options).begin(context, () => {});
  return {
    ...test,
    row: () => test.database.row('1'),
    async resync() {
      await resync.run(context.term.ended);
      await context.recorder.drain();
    },
    async see() {
      cluster.onList = isListable;
      await test.look();
    },
  };
}

describe('an inherited row whose Job was not seen yet', () => {
  for (const status of ['Pending', 'Running', 'Unknown']) {
    it(`keeps the word that it has (${status})`, async () => {
      await using test = await anUnseenInheritance(status, { ready: 1 });
      for (let passes = 0; passes < 2; passes += 1) await test.resync();
      assert.deepEqual([test.row().status, test.row().reason, test.row().jobUid], [status, undefined, 'uid-1']);
    });

    it(`keeps the word that it has in the next term too (${status})`, async () => {
      await using test = await anUnseenInheritance(status, { ready: 1 });
      await using next = await aTermContext({ database: test.database, cluster: test.cluster });
      await loadOpenAttempts(next);
      const options = { namespaces: ['default'], lostNamespaces: [], state: new ObservationState() };
      await createResync(options)
        .begin(next, () => {})
        .run(next.term.ended);
      await next.recorder.drain();
      assert.deepEqual([test.row().status, test.row().reason], [status, undefined]);
    });
  }

  it('says what its Job says once that is seen, and blames nobody for the word before', async () => {
    await using test = await anUnseenInheritance('Unknown', { ready: 0 });
    await test.see();
    await test.resync();
    assert.deepEqual([test.row().status, test.row().reason], ['Pending', undefined]);
  });

  it('is put back when a user writes a word that no open attempt has', async () => {
    await using test = await anUnseenInheritance('Running');
    test.row().status = 'Failed';
    await test.resync();
    assert.deepEqual([test.row().status, test.row().reason], ['Running', 'StatusPutBack']);
  });
});

it('an inherited row whose Job was seen is put back when a user writes the word of the former system', async () => {
  await using test = await anUnseenInheritance('Unknown', { ready: 1 });
  await test.see();
  test.row().status = 'Unknown';
  await test.resync();
  assert.deepEqual([test.row().status, test.row().reason], ['Running', 'StatusPutBack']);
});
