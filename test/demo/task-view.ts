import { styleText } from 'node:util';
import { atAbruptEnd } from '../support/abrupt-end.ts';
import type { ShownTask } from './shown-task.ts';
import { taskChanges } from './task-changes.ts';
import { type TablePaint, taskTable } from './task-table.ts';

/** Where tasks are shown while they change; disposal leaves the last state standing. */
export interface TaskView extends Disposable {
  show(tasks: readonly ShownTask[]): void;
}

type Terminal = NodeJS.WriteStream;

const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const clearToEndOfLine = '\x1b[K';
const clearBelow = '\x1b[J';

const timeFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

const statusColours: Readonly<Record<string, 'green' | 'red' | 'cyan' | 'yellow'>> = {
  Normal: 'yellow',
  Pending: 'yellow',
  Running: 'cyan',
  Succeeded: 'green',
  Failed: 'red',
};

/** A table that is redrawn in place on a terminal, and one line per change anywhere else. */
export function taskView(output: Terminal): TaskView {
  return output.isTTY ? liveTable(output) : changeLog(output);
}

function liveTable(terminal: Terminal): TaskView {
  const paint = paintFor(terminal);
  let drawn: readonly string[] = [];
  terminal.write(hideCursor);
  const abruptEnd = atAbruptEnd(() => terminal.write(showCursor));
  return {
    show(tasks) {
      const lines = taskTable(tasks, { columns: terminal.columns, rows: terminal.rows - 1 }, paint);
      const up = drawn.length > 0 ? `\x1b[${drawn.length}A` : '';
      terminal.write(`\r${up}${lines.map((line) => `${line}${clearToEndOfLine}\n`).join('')}${clearBelow}`);
      drawn = lines;
    },
    [Symbol.dispose]() {
      // The first clears what the terminal has echoed of a Ctrl-C.
      terminal.write(`\r${clearToEndOfLine}${showCursor}`);
      abruptEnd[Symbol.dispose]();
    },
  };
}

function paintFor(terminal: Terminal): TablePaint {
  const options = { stream: terminal };
  return {
    faint: (text) => styleText('dim', text, options),
    status: (text, status) => styleText(statusColours[status] ?? 'bold', text, options),
  };
}

function changeLog(output: Terminal): TaskView {
  let last: readonly ShownTask[] = [];
  return {
    show(tasks) {
      const time = timeFormat.format(new Date());
      for (const change of taskChanges(last, tasks)) output.write(`${time}  ${change}\n`);
      last = tasks;
    },
    [Symbol.dispose]: () => undefined,
  };
}
