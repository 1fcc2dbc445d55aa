import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { taskTable } from '../../demo/task-table.ts';
import { aShownTask } from './a-shown-task.ts';

const wide = { columns: 100, rows: 30 };
const plain = { faint: (text: string) => text, status: (text: string) => text };
const marked = { ...plain, status: (text: string) => `<${text}>` };

describe('the table of tasks', () => {
  it('aligns what it shows', () => {
    const tasks = [aShownTask(), aShownTask({ id: '10', name: 'a', status: 'Normal', job: '', elapsedMs: undefined })];
    assert.deepEqual(taskTable(tasks, wide, plain), [
      '  id  name         namespace  status   reason  job                   time',
      '   1  demo-task-1  default    Running          default/demo-task-1  1.2 s',
      '  10  a            default    Normal                                     ',
    ]);
  });

  it('says on a line below why a task has failed', () => {
    const failed = aShownTask({ status: 'Failed', reason: 'InvalidSpec', message: 'image: is missing' });
    assert.equal(taskTable([failed], wide, plain)[2], '    image: is missing');
  });

  it('paints the status and nothing else', () => {
    const [, line] = taskTable([aShownTask()], wide, marked);
    assert.equal(line, '   1  demo-task-1  default    <Running>          default/demo-task-1  1.2 s');
  });

  it('cuts lines that are wider than the terminal', () => {
    const lines = taskTable([aShownTask()], { columns: 20, rows: 30 }, plain);
    assert.deepEqual(lines, ['  id  name         …', '   1  demo-task-1  …']);
  });

  it('keeps the newest of more tasks than the terminal has lines, and says how many it leaves out', () => {
    const tasks = Array.from({ length: 30 }, (_, index) => aShownTask({ id: String(index + 1) }));
    const lines = taskTable(tasks, { columns: 100, rows: 10 }, plain);
    assert.equal(lines.length, 10);
    assert.equal(lines[1], '  and 22 older');
    assert.match(lines[9] ?? '', /^ {2}30 /);
  });

  it('counts the lines below failed tasks', () => {
    const failed = { status: 'Failed', message: 'image: is missing' };
    const tasks = Array.from({ length: 30 }, (_, index) => aShownTask({ ...failed, id: String(index + 1) }));
    assert.equal(taskTable(tasks, { columns: 100, rows: 10 }, plain).length, 10);
  });
});
