import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { crashPointVariable } from '../faults/process/crash-points.ts';
import { faultyProcess } from '../faults/process/node-arguments.ts';
import { untilLogKept } from '../support/attempt-rows.ts';
import { flavours } from '../support/database.ts';
import { type FakeKubelet, startFakeKubelet } from '../support/fake-kubelet.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { type SubmittedRows, submittedRows } from '../support/submitted-rows.ts';
import { anInfo } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
/** Puts the pod on the node that has the logs. */
const placed = 'stop 1ms';
let system: RunningSystem;
let kubelet: FakeKubelet;

before(async () => {
  system = await startSystem();
  kubelet = await startFakeKubelet(system.cluster);
});

after(async () => {
  await kubelet[Symbol.asyncDispose]();
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`the log of an attempt, on ${flavour}`, { timeout }, () => {
    let installation: RunningInstallation;
    let rows: SubmittedRows;

    before(async () => {
      installation = await system.install(flavour);
      rows = submittedRows(installation.user, installation.namespace);
    });

    after(() => installation[Symbol.asyncDispose]());

    for (const [name, life, status] of [
      ['well', 'succeed', 'Succeeded'],
      ['badly', 'exit 3', 'Failed'],
    ] as const) {
      it(`that ended ${name} is kept, whatever it holds`, async () => {
        kubelet.setLog(`ends-${name}`, "zähler 日本 😀 \\ ' %\nlast line");

        await rows.submit(`ends-${name}`, `${life}; ${placed}`, status);

        const kept = await untilKept(`ends-${name}`);
        assert.deepEqual([kept.log, kept.log_cut, kept.log_note], ["zähler 日本 😀 \\ ' %\nlast line", 0, null]);
      });
    }

    it('has marks in place of what is no text', async () => {
      kubelet.setLog('binary', { bytes: Buffer.from([0x61, 0x00, 0xff, 0x62]) });

      await rows.submit('binary', `succeed; ${placed}`, 'Succeeded');

      assert.equal((await untilKept('binary')).log, 'a\ufffd\ufffdb');
    });

    for (const [what, line] of [
      ['long', 'x'.repeat(199)],
      ['short', 'y'],
    ] as const) {
      it(`of many ${what} lines is cut at a line, and says so`, async () => {
        const text = Array.from({ length: 100_000 }, (_, index) => `${index % 10}${line}\n`).join('');
        kubelet.setLog(`writes-${what}`, text);

        await rows.submit(`writes-${what}`, `succeed; ${placed}`, 'Succeeded');

        const kept = await untilKept(`writes-${what}`);
        assert.equal(kept.log_cut, 1);
        const log = kept.log ?? '';
        assert.ok(log.length <= 65_536 && log.length > 65_000, `${log.length} bytes`);
        assert.ok(text.endsWith(log) && /^\d[xy]/.test(log));
      });
    }

    it('is as long as its row asks for, or not kept at all', async () => {
      kubelet.setLog('wants-little', 'one\ntwo\nthree\n');
      kubelet.setLog('wants-none', 'one\ntwo\nthree\n');
      await rows.insert({ name: 'wants-little', info: anInfo({ life: `succeed; ${placed}`, log: { tailBytes: 10 } }) });
      await rows.insert({ name: 'wants-none', info: anInfo({ life: `succeed; ${placed}`, log: false }) });
      await rows.untilStatus('wants-none', 'Succeeded');

      const little = await untilKept('wants-little');
      const none = await untilKept('wants-none');

      assert.deepEqual([little.log, little.log_cut], ['two\nthree\n', 1]);
      assert.deepEqual([none.log, none.log_note], [null, null]);
      assert.ok(!kubelet.asked.some((pod) => pod.startsWith('wants-none')));
    });

    it('that cannot be read yet changes no result, and is read when it can be', async () => {
      kubelet.setLog('comes-later', { status: 500, body: 'the node is busy' });
      await rows.submit('comes-later', `exit 3; ${placed}`, 'Failed', 'ExitCode');
      await until('it was asked for twice', async () => {
        assert.ok(kubelet.asked.filter((pod) => pod.startsWith('comes-later-')).length >= 2);
      });

      kubelet.setLog('comes-later', 'here it is');

      assert.equal((await untilKept('comes-later')).log, 'here it is');
    });

    it('that cannot be read for ten minutes is given up, and why', async () => {
      kubelet.setLog('never-comes', { status: 500, body: 'the disk of the node is broken' });
      const row = await rows.submit('never-comes', `succeed; ${placed}`, 'Succeeded');

      const long = 'finished_at = finished_at - INTERVAL 10 MINUTE, log_due_at = finished_at';
      await installation.user.query(`UPDATE task_attempt SET ${long} WHERE attempt_id = ?`, [row.attempt_id]);

      const kept = await untilKept('never-comes');
      assert.deepEqual([kept.log, kept.status], [null, 'Succeeded']);
      assert.match(kept.log_note ?? '', /disk of the node is broken/);
    });

    it('that the database itself refuses is noted instead, and not asked for again', async () => {
      await installation.user.query(`CREATE TRIGGER refuse_log BEFORE UPDATE ON task_attempt FOR EACH ROW
        IF NEW.log LIKE '%taken by nobody%' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this'; END IF`);
      const name = `refused-on-${flavour}`;
      kubelet.setLog(name, 'taken by nobody');

      await rows.submit(name, `succeed; ${placed}`, 'Succeeded');

      assert.match((await untilKept(name)).log_note ?? '', /the database refuses it: .*not this/);
      assert.equal(kubelet.asked.filter((pod) => pod.startsWith(name)).length, 1);
      await installation.user.query('DROP TRIGGER refuse_log');
    });

    it('of a pod that nobody has run is noted as such', async () => {
      await rows.submit('nowhere', 'succeed', 'Succeeded');

      assert.match((await untilKept('nowhere')).log_note ?? '', /never had a node/);
    });

    it('is stored before its Job is deleted, when it is cancelled', async () => {
      kubelet.setLog('cancelled', 'what it did so far\n');
      await rows.submit('cancelled', `hang; ${placed}`);

      await rows.want('cancelled', 'Cancel');

      await rows.untilStatus('cancelled', 'Cancelled');
      const kept = await untilKept('cancelled');
      assert.deepEqual([kept.log, kept.status], ['what it did so far\n', 'Cancelled']);
    });

    it('that does not come holds a cancel up for some seconds only', async () => {
      kubelet.setLog('holds-up', { hangs: true });
      await rows.submit('holds-up', `hang; ${placed}`);

      await rows.want('holds-up', 'Cancel');

      await rows.untilStatus('holds-up', 'Cancelled');
      assert.match((await untilKept('holds-up')).log_note ?? '', /took too long/);
    });

    function untilKept(name: string) {
      return untilLogKept(installation.user, name);
    }
  });

  describe(`a leader that dies while it stores a log, on ${flavour}`, { timeout }, () => {
    for (const point of ['before recordEnd 1', 'after recordEnd 1', 'before storeLog 1', 'after storeLog 1']) {
      it(`${point}: the next one has it stored`, async () => {
        await using dying = await system.prepare(flavour);
        const rows = submittedRows(dying.user, dying.namespace);
        kubelet.setLog('survives', 'all of it');
        const settings = { [crashPointVariable]: point };
        const leader = await dying.start({ settings, nodeArguments: faultyProcess });
        await rows.insert({ name: 'survives', info: anInfo({ life: `exit 3; ${placed}` }) });
        await leader.process.exited;

        await dying.start();

        await rows.untilStatus('survives', 'Failed', 'ExitCode', 30_000);
        const kept = await untilLogKept(dying.user, 'survives');
        assert.deepEqual([kept.log, kept.exit_code], ['all of it', 3]);
      });
    }
  });
}
