import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { taskChanges } from '../../demo/task-changes.ts';
import { aShownTask } from './a-shown-task.ts';

describe('the changes of tasks', () => {
  const running = aShownTask();

  for (const [what, before, now, line] of [
    [
      'a row that was not there',
      undefined,
      aShownTask({ status: 'Normal', job: '' }),
      'row 1  default/demo-task-1  inserted -> Normal',
    ],
    [
      'a Job',
      aShownTask({ status: 'Normal', job: '' }),
      aShownTask({ status: 'Pending' }),
      'row 1  default/demo-task-1  Normal -> Pending  Job default/demo-task-1',
    ],
    [
      'another reason',
      aShownTask({ status: 'Pending' }),
      aShownTask({ status: 'Pending', reason: 'WaitingForPods' }),
      'row 1  default/demo-task-1  Pending  (WaitingForPods)',
    ],
    [
      'an end',
      running,
      aShownTask({ status: 'Succeeded', elapsedMs: 6123 }),
      'row 1  default/demo-task-1  Running -> Succeeded  after 6.1 s',
    ],
    [
      'a failure',
      running,
      aShownTask({ status: 'Failed', reason: 'JobDeleted', message: 'somebody deleted it' }),
      'row 1  default/demo-task-1  Running -> Failed  (JobDeleted)  after 1.2 s  somebody deleted it',
    ],
  ] as const) {
    it(`tell of ${what}`, () => assert.deepEqual(taskChanges(before ? [before] : [], [now]), [line]));
  }

  it('are none while only time passes', () => {
    assert.deepEqual(taskChanges([running], [aShownTask({ elapsedMs: 9999 })]), []);
  });
});
