import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aLease } from '../../support/a-term.ts';
import { eventually } from '../../support/eventually.ts';
import { LeaseClock } from '../../support/lease-clock.ts';
import { aLauncher } from './a-launcher.ts';

describe('launching an attempt that is taken up again', () => {
  it('is looked for before it is created when it is taken up again, whatever its info says now', async () => {
    await using test = await aLauncher();
    const task = await test.claimOne();
    const job = test.context.cluster.put(test.context.cluster.jobOf(task));
    test.launcher.add([{ ...task, isRetaken: true, info: 'garbage' }]);
    await eventually(() => test.row('1').jobUid === job.uid, 'it is adopted');
    assert.equal(test.context.cluster.launched.length, 0);
  });

  it('is created when it is taken up again and there is no Job', async () => {
    await using test = await aLauncher();
    const task = await test.claimOne();
    test.launcher.add([{ ...task, isRetaken: true }]);
    await eventually(() => test.row('1').jobUid !== undefined, 'it is created');
    assert.equal(test.context.cluster.looked.length, 1);
  });

  it('is not looked for under a name that no Job can have', async () => {
    await using test = await aLauncher();
    const task = await test.claimOne({ name: '../../../api/v1?watch=1' });
    test.launcher.add([{ ...task, isRetaken: true }]);
    await eventually(() => test.row('1').finishedAtMs !== undefined, 'it has ended');
    assert.equal(test.row('1').reason, 'InvalidName');
    assert.equal(test.context.cluster.looked.length, 0);
  });

  it('creates nothing once the term may not act, though no timer has fired while it was looked for', async () => {
    const clock = new LeaseClock();
    await using test = await aLauncher({ clock });
    const task = await test.claimOne();
    test.context.cluster.onFind = () => {
      clock.advance(aLease().workMs); // the process was stopped here
      return undefined;
    };
    test.launcher.add([{ ...task, isRetaken: true }]);
    await test.launcher[Symbol.asyncDispose]();
    assert.equal(test.context.cluster.looked.length, 1);
    assert.equal(test.context.cluster.launched.length, 0);
  });
});
