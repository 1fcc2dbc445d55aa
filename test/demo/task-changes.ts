import { elapsedText, hasEnded, type ShownTask } from './shown-task.ts';

/** Says in one line each what is new since the last time: a row that was not there, another status, reason or Job. */
export function taskChanges(before: readonly ShownTask[], now: readonly ShownTask[]): readonly string[] {
  const known = new Map(before.map((task) => [task.id, task]));
  return now.flatMap((task) => {
    const last = known.get(task.id);
    return last !== undefined && isSame(last, task) ? [] : [changeOf(last, task)];
  });
}

function isSame(last: ShownTask, task: ShownTask): boolean {
  return last.status === task.status && last.reason === task.reason && last.job === task.job;
}

function changeOf(last: ShownTask | undefined, task: ShownTask): string {
  const words = [`row ${task.id}`, `${task.namespace}/${task.name}`, statusChange(last, task)];
  if (task.reason !== '') words.push(`(${task.reason})`);
  if (task.job !== (last?.job ?? '')) words.push(`Job ${task.job}`);
  if (hasEnded(task)) words.push(`after ${elapsedText(task)}`);
  if (task.status === 'Failed') words.push(task.message);
  return words.join('  ');
}

function statusChange(last: ShownTask | undefined, { status }: ShownTask): string {
  if (last === undefined) return `inserted -> ${status}`;
  return last.status === status ? status : `${last.status} -> ${status}`;
}
