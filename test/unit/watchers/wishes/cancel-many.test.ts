import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TaskRow } from '../../../support/memory-database.ts';
import { attemptOf, wishesAtWork } from './wishes-at-work.ts';

const isCancelled = ({ status }: TaskRow) => status === 'Cancelled';

describe('a Cancel of many', () => {
  it('whose Jobs somebody has deleted meanwhile is no sign of the wrong cluster', async () => {
    await using test = await wishesAtWork();
    for (let id = 1; id <= 30; id += 1) {
      test.open({ status: 'Running', desired: 'Cancel' }, { ready: 1 }, attemptOf(String(id)));
    }
    test.cluster.onRemove = () => 'unknown';
    await test.untilRow(({ ending }) => ending !== undefined, 'the ends are committed', '30');
    test.cluster.jobs.clear();

    test.cluster.relist('default');

    for (const id of ['1', '30']) await test.untilRow(isCancelled, 'it is cancelled', id);
    assert.deepEqual(test.context.memoryLog.with('too many jobs are missing at once, no row is failed for it'), []);
  });

  it('that cannot be carried out says why in its row, and delays none of the others', async () => {
    await using test = await wishesAtWork();
    for (let id = 1; id <= 40; id += 1) {
      test.open({ status: 'Running', desired: 'Cancel' }, { ready: 1 }, attemptOf(String(id)));
    }
    const { promise: never } = Promise.withResolvers<'removed'>();
    test.cluster.onRemove = ({ name }) => {
      if (name === 'task-1') return 'unknown';
      return name === 'task-2' ? never : 'removed';
    };

    for (let id = 3; id <= 40; id += 1) await test.untilRow(isCancelled, 'it is cancelled', String(id));

    assert.match(test.row('1').message ?? '', /is to be deleted, and cannot be yet: no answer/);
    assert.deepEqual([test.row('1').status, test.row('2').status], ['Running', 'Running']);
  });

  it('of a row that the database refuses keeps none of the others from being answered', async () => {
    await using test = await wishesAtWork();
    for (const taskId of ['1', '2', '3', '4', '5']) test.database.insert({ taskId, desired: 'Cancel' });
    test.database.onStatement = (name, ids) =>
      name === 'answerCancel' && ids.includes('3') ? { kind: 'unexpected' } : undefined;

    await test.pass();

    assert.deepEqual(
      ['1', '2', '3', '4', '5'].map((id) => test.row(id).status),
      ['Cancelled', 'Cancelled', 'Normal', 'Cancelled', 'Cancelled'],
    );
  });

  it('is answered for 500 rows in a statement, not in 500', async () => {
    await using test = await wishesAtWork();
    for (let id = 1; id <= 500; id += 1) test.database.insert({ taskId: String(id), desired: 'Cancel' });
    for (let id = 501; id <= 1_000; id += 1) test.open({ desired: 'Cancel' }, {}, attemptOf(String(id)));

    await test.pass();

    assert.deepEqual([test.database.count('answerCancel'), test.database.count('recordEnding')], [1, 1]);
  });
});
