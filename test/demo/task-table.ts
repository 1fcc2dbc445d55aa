import { elapsedText, type ShownTask } from './shown-task.ts';

export interface TableSize {
  readonly columns: number;
  /** At most, with the heading and the line that says what is left out. */
  readonly rows: number;
}

/** How to emphasise; each function keeps the number of visible characters. */
export interface TablePaint {
  readonly faint: (text: string) => string;
  /** `text` begins with the status, and blanks may follow. */
  readonly status: (text: string, status: string) => string;
}

const heading = ['id', 'name', 'namespace', 'status', 'reason', 'job', 'time'] as const;
const statusColumn = heading.indexOf('status');
const rightAligned: ReadonlySet<string> = new Set(['id', 'time']);
const gap = '  ';
const margin = '  ';

/** Lays tasks out as aligned lines that fit a size: the newest are kept, and what failed says why on a line below. */
export function taskTable(tasks: readonly ShownTask[], size: TableSize, paint: TablePaint): readonly string[] {
  const shown = newestThatFit(tasks, size.rows - 2);
  const cells = shown.map((task) => cellsOf(task));
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const lines = [paint.faint(cut(joined(heading, widths), size.columns))];
  const leftOut = tasks.length - shown.length;
  if (leftOut > 0) lines.push(paint.faint(`${margin}and ${leftOut} older`));
  shown.forEach((task, index) => {
    lines.push(paintedStatus(cut(joined(cells[index] ?? [], widths), size.columns), task, widths, paint));
    if (explains(task)) lines.push(paint.faint(cut(`${margin}${gap}${task.message}`, size.columns)));
  });
  return lines;
}

function newestThatFit(tasks: readonly ShownTask[], rows: number): readonly ShownTask[] {
  let used = 0;
  const isTooMuch = (task: ShownTask) => {
    used += explains(task) ? 2 : 1;
    return used > rows;
  };
  return tasks.slice(tasks.findLastIndex(isTooMuch) + 1);
}

function explains({ status, message }: ShownTask): boolean {
  return status === 'Failed' && message !== '';
}

function cellsOf(task: ShownTask): readonly string[] {
  return [task.id, task.name, task.namespace, task.status, task.reason, task.job, elapsedText(task)];
}

function joined(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) => {
    const width = widths[column] ?? 0;
    return rightAligned.has(heading[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
  });
  return margin + padded.join(gap);
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;
}

function paintedStatus(line: string, { status }: ShownTask, widths: readonly number[], paint: TablePaint): string {
  const before = widths.slice(0, statusColumn).reduce((sum, width) => sum + width + gap.length, margin.length);
  const end = before + status.length;
  return line.slice(0, before) + paint.status(line.slice(before, end), status) + line.slice(end);
}
