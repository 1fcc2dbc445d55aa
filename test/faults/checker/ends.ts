import type { RowChange, RowState } from '../history/row-history.ts';
import type { Assertion } from './judged-round.ts';

type Changed = ReadonlySet<keyof RowState>;

/**
 * What has ended stays as it ended, until its user writes Normal.
 *
 * nightwatch may still add an exit code that it did not know, and take back a Cancel that came too late. A row between two
 * attempts has not ended: it waits on, is held, or is cancelled; what it says of its last attempt stays.
 */
export const ends: Assertion = ({ rows }) =>
  rows.flatMap((change) => {
    const { by, taskId, seq, before, after } = change;
    if (by !== 'nightwatch' || !before || !after || before.finished_at === null) return [];
    const changed = changedColumns(change);
    if (isAllowed(before, after, changed)) return [];
    return [
      `row ${taskId} had ended as ${before.status} and was written again: ${[...changed].join(', ')}, ${after.status} (change ${seq})`,
    ];
  });

function isAllowed(before: RowState, after: RowState, changed: Changed): boolean {
  const mayBegin = isSubmitted(before) || before.status === 'Pending';
  if (after.attempt_id !== before.attempt_id) return mayBegin;
  if (changed.has('exit_code')) return before.exit_code === null && isWithin(changed, ['exit_code']);
  if (!mayBegin && before.status !== 'Suspended') {
    return changed.size === 0 || (changed.has('desired') && isWithin(changed, ['desired', 'message']));
  }
  if (after.status === 'Cancelled') return isWithin(changed, ['status', 'reason', 'message', 'desired', 'finished_at']);
  return ['Pending', 'Suspended'].includes(after.status) && isWithin(changed, ['status', 'reason', 'message']);
}

/** What the database's collation calls Normal. */
function isSubmitted({ status }: RowState): boolean {
  return status.trim().toLowerCase() === 'normal';
}

function isWithin(changed: Changed, allowed: readonly (keyof RowState)[]): boolean {
  return changed.isSubsetOf(new Set(allowed));
}

/** The epoch is who wrote, and not what. */
function changedColumns({ before, after }: RowChange): Changed {
  const columns = Object.keys(before ?? {}) as (keyof RowState)[];
  return new Set(columns.filter((column) => column !== 'epoch' && before?.[column] !== after?.[column]));
}
