import { userColumns } from '../history/row-history.ts';
import type { Assertion } from './judged-round.ts';

/** nightwatch inserts and deletes nothing, and changes no column that is its users'; a Cancel it only takes back. */
export const ownColumns: Assertion = ({ rows }) =>
  rows.flatMap(({ by, taskId, seq, before, after }) => {
    if (by !== 'nightwatch') return [];
    if (!before || !after) return [`row ${taskId} was ${after ? 'inserted' : 'deleted'} by nightwatch (change ${seq})`];
    const isTakenBack = before.desired === 'Cancel' && after.desired === 'Run';
    const columns = [...userColumns, ...(isTakenBack ? [] : (['desired'] as const))];
    return columns
      .filter((column) => before[column] !== after[column])
      .map((column) => `row ${taskId}: nightwatch changed ${column} (change ${seq})`);
  });
