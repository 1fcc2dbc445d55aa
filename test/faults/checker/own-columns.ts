import { type RowState, userColumns } from '../history/row-history.ts';
import type { Assertion } from './judged-round.ts';

/** nightwatch inserts and deletes nothing, and changes no column that is its users'; a Cancel it takes back with its answer. */
export const ownColumns: Assertion = ({ rows }) =>
  rows.flatMap(({ by, taskId, seq, before, after }) => {
    if (by !== 'nightwatch') return [];
    if (!before || !after) return [`row ${taskId} was ${after ? 'inserted' : 'deleted'} by nightwatch (change ${seq})`];
    const columns = [...userColumns, ...(isAnswered(before, after) ? [] : (['desired'] as const))];
    return columns
      .filter((column) => before[column] !== after[column])
      .map((column) => `row ${taskId}: nightwatch changed ${column} (change ${seq})`);
  });

/** Whether this very write carries a Cancel out, begins to, or refuses it. */
function isAnswered(before: RowState, after: RowState): boolean {
  if (before.desired !== 'Cancel' || after.desired !== 'Run') return false;
  const isOpen = before.attempt_id !== null && before.finished_at === null;
  if (isOpen) return after.ending !== null;
  return after.status === 'Cancelled' || after.message?.startsWith('there was nothing to cancel') === true;
}
