/**
 * The words of the `status` column.
 *
 * `Normal` is the user's submission; `Unknown` is read (the system before this one wrote it), never written.
 */
export const taskStatuses = [
  'Normal',
  'Pending',
  'Running',
  'Suspended',
  'Succeeded',
  'Failed',
  'Cancelled',
  'Unknown',
] as const;
export type TaskStatus = (typeof taskStatuses)[number];

/** What an attempt can be while its end is not known. */
export type OpenStatus = 'Pending' | 'Running' | 'Suspended';

/** What an attempt ends as; it never reverts. */
export type EndStatus = 'Succeeded' | 'Failed' | 'Cancelled';
