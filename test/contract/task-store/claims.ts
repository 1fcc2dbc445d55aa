import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { laterName } from '../../../src/task/later-name.ts';
import { maximumInfoBytes } from '../../../src/task/task.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { anInfo, readTasks } from '../../support/task-rows.ts';
import {
  claim,
  claimOne,
  endOne,
  holdRows,
  leaseMs,
  leaseOf,
  rowOf,
  setColumns,
  submit,
  takenBy,
} from './given-rows.ts';

/** Far below the lock wait of a second: a claim that met a held row and waited for it would take longer. */
const promptMs = 900;

/** How a task store takes rows: one fenced statement, then what the rows say. */
export function claimsContract(subject: () => StoreUnderTest): void {
  describe('a claim of Normal rows', () => {
    it('opens an attempt with an identity, a name and a lease, and reads it back', async () => {
      await submit(subject(), ['12'], { user_id: '99', info: anInfo({ life: 'hang' }) });

      const claimed = await subject().store.claimNormal(epoch, ['12'], 30_000);

      const row = await rowOf(subject(), '12');
      assert.ok(claimed.result === 'claimed');
      const [task] = claimed.tasks;
      assert.ok(task);
      const { attemptId, rowKey, ageMs, ...known } = task;
      assert.deepEqual(known, {
        taskId: '12',
        taskName: 'task-12',
        userId: '99',
        number: 1,
        namespace: 'demo',
        jobName: 'task-12',
        info: row.info,
        infoBytes: row.info.length,
        isRetaken: false,
        ending: undefined,
        ...{ tries: 0, setbacks: 0 },
        desired: 'Run',
      });
      assert.deepEqual([attemptId, rowKey], [row.attempt_id, row.row_key]);
      assert.ok(ageMs >= 0 && ageMs < 10_000);
      assert.deepEqual([row.status, row.attempt, row.job_namespace, row.job_name], ['Pending', 1, 'demo', 'task-12']);
      assert.deepEqual([row.reason, row.message, row.job_uid, row.started_at, row.finished_at], Array(5).fill(null));
      assert.equal(row.epoch, epoch);
      assert.deepEqual(await leaseOf(subject(), '12'), 30_000);
    });

    it('gives every row of a page an attempt id of its own', async () => {
      const tasks = await claim(subject(), ['1', '2', '3']);

      assert.equal(new Set(tasks.map(({ attemptId }) => attemptId)).size, 3);
    });

    it('begins anew what has ended, under another name, and stays the same row', async () => {
      const first = await endOne(subject(), '35');
      await setColumns(subject(), '35', "status = 'Normal', reason = 'JobFailed', message = 'words'");

      const claimed = await subject().store.claimNormal(epoch, ['35'], leaseMs);

      assert.ok(claimed.result === 'claimed');
      const [second] = claimed.tasks;
      assert.equal(second?.number, 2);
      assert.equal(second?.jobName, 'task-35-z-r2');
      assert.equal(second?.rowKey, first.rowKey);
      assert.notEqual(second?.attemptId, first.attemptId);
      const row = await rowOf(subject(), '35');
      assert.deepEqual([row.reason, row.message, row.job_uid, row.started_at, row.finished_at], Array(5).fill(null));
    });

    const names = ['a', 'a.b', `${'n'.repeat(39)}-.x`, `${'n'.repeat(38)}-.-x`, 'n'.repeat(45), `${'ä'.repeat(44)}z`];
    for (const [index, name] of names.entries()) {
      it(`names a later attempt of '${name}' as the program itself would`, async () => {
        const id = String(9007199254740993n + BigInt(index));
        await submit(subject(), [id], { name });
        await setColumns(subject(), id, 'attempt = 4');

        const claimed = await subject().store.claimNormal(epoch, [id], leaseMs);

        assert.ok(claimed.result === 'claimed');
        assert.equal(claimed.tasks[0]?.jobName, laterName(name, id, 5));
      });
    }

    for (const [written, number] of [
      [2_147_483_647, 2_147_483_647],
      [2_147_483_646, 2_147_483_647],
      [-1, 1],
      [-2_147_483_648, 1],
    ] as const) {
      it(`takes a row whose attempt somebody has set to ${written}, and those beside it`, async () => {
        const id = '9223372036854775807';
        const name = 'n'.repeat(45);
        await submit(subject(), ['1']);
        await submit(subject(), [id], { name });
        await setColumns(subject(), id, `attempt = ${written}`);

        const claimed = await subject().store.claimNormal(epoch, ['1', id], leaseMs);

        assert.ok(claimed.result === 'claimed');
        const byId = new Map(claimed.tasks.map((task) => [task.taskId, task]));
        assert.equal(byId.get('1')?.jobName, 'task-1');
        assert.equal(byId.get(id)?.number, number);
        assert.equal(byId.get(id)?.jobName, number === 1 ? name : laterName(name, id, number));
      });
    }

    it('takes only rows that are there, are Normal and have no open attempt', async () => {
      await claimOne(subject(), '1');
      await setColumns(subject(), '1', "status = 'Normal'");
      await submit(subject(), ['2'], { status: '' });
      await submit(subject(), ['3'], { status: 'Running' });
      await submit(subject(), ['4']);
      const before = await readTasks(subject().user, 'id < 4');

      const claimed = await subject().store.claimNormal(epoch, ['1', '2', '3', '4', '5'], leaseMs);

      assert.deepEqual(takenBy(claimed), ['4']);
      assert.deepEqual(await readTasks(subject().user, 'id < 4'), before);
    });

    it('passes over rows that a transaction of somebody holds, and takes the others at once', async () => {
      const ids = Array.from({ length: 50 }, (_, index) => String(index + 1));
      await submit(subject(), ids);
      await using held = await holdRows(subject(), ['1', '2', '30']);
      const startedAtMs = performance.now();

      const claimed = await subject().store.claimNormal(epoch, ids, leaseMs);

      assert.ok(performance.now() - startedAtMs < promptMs);
      const free = ids.filter((id) => !['1', '2', '30'].includes(id));
      assert.deepEqual(takenBy(claimed), free);
      await held[Symbol.asyncDispose]();
      assert.deepEqual(takenBy(await subject().store.claimNormal(epoch, ids, leaseMs)), ['1', '2', '30']);
    });

    it('takes nothing, and does not wait, when somebody holds them all', async () => {
      await submit(subject(), ['1', '2']);
      await using _held = await holdRows(subject(), ['1', '2']);
      const startedAtMs = performance.now();

      assert.deepEqual(await subject().store.claimNormal(epoch, ['1', '2'], leaseMs), { result: 'claimed', tasks: [] });
      assert.ok(performance.now() - startedAtMs < promptMs);
    });

    it('tells its rows in the order of their priority, then of their ids', async () => {
      await submit(subject(), ['1', '2', '10'], { priority: 0 });
      await submit(subject(), ['3'], { priority: 9 });

      assert.deepEqual(takenBy(await subject().store.claimNormal(epoch, ['10', '2', '1', '3'], leaseMs)), [
        '3',
        '1',
        '2',
        '10',
      ]);
    });

    it('fetches no info that is larger than what is parsed', async () => {
      await submit(subject(), ['1'], { info: 'x'.repeat(maximumInfoBytes) });
      await submit(subject(), ['2'], { info: `${'ä'.repeat(maximumInfoBytes / 2)}x` });

      const claimed = await subject().store.claimNormal(epoch, ['1', '2'], leaseMs);

      assert.ok(claimed.result === 'claimed');
      const [fits, oversize] = claimed.tasks;
      assert.deepEqual([fits?.info?.length, fits?.infoBytes], [maximumInfoBytes, maximumInfoBytes]);
      assert.deepEqual([oversize?.info, oversize?.infoBytes], [undefined, maximumInfoBytes + 1]);
    });

    it('keeps 64 characters of a name or namespace that is longer, so that it is refused and not cut to fit', async () => {
      await subject().user.query(
        'ALTER TABLE task MODIFY name VARCHAR(300) NOT NULL, MODIFY namespace VARCHAR(300) NOT NULL',
      );
      await submit(subject(), ['1'], { name: '日'.repeat(300), namespace: 'n'.repeat(300) });

      const claimed = await subject().store.claimNormal(epoch, ['1'], leaseMs);

      assert.ok(claimed.result === 'claimed');
      assert.equal(claimed.tasks[0]?.jobName, '日'.repeat(64));
      assert.equal(claimed.tasks[0]?.namespace, 'n'.repeat(64));
    });

    it('of nothing is nothing', async () => {
      assert.deepEqual(await subject().store.claimNormal(epoch, [], leaseMs), { result: 'claimed', tasks: [] });
    });
  });
}
