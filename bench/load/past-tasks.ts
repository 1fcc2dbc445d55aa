import { benchInfo } from '../subjects/job-template.ts';

/**
 * The first id of the rows that a scenario submits at its n-th measurement, from 0, while the table holds many others:
 * beyond any of those.
 */
export function firstIdOf(measurement: number): number {
  return 1_000_000_000 + measurement * 1_000_000;
}

const id = "LPAD(x, 36, '0')";
const name = "CONCAT('past-', LPAD(x, 9, '0'))";

/** Columns of a task whose attempt has begun, as `fillRows` wants them; `x` is its id. */
function attemptColumns(namespace: string): Readonly<Record<string, string>> {
  return {
    id: 'x',
    name,
    namespace: `'${namespace}'`,
    info: `'${benchInfo}'`,
    attempt: '1',
    row_key: id,
    attempt_id: id,
    job_namespace: `'${namespace}'`,
    job_name: name,
  };
}

/** A task that has ended long ago. */
export function finishedColumns(namespace: string): Readonly<Record<string, string>> {
  return {
    ...attemptColumns(namespace),
    status: "'Succeeded'",
    job_uid: id,
    claimed_at: 'UTC_TIMESTAMP(3)',
    started_at: 'UTC_TIMESTAMP(3)',
    finished_at: 'UTC_TIMESTAMP(3)',
  };
}

/** A task that has waited for room in its quota for ten minutes, and will wait for another hour. */
export function waitingColumns(namespace: string): Readonly<Record<string, string>> {
  return {
    ...attemptColumns(namespace),
    status: "'Pending'",
    reason: "'QuotaExceeded'",
    message: "'exceeded quota'",
    claimed_at: 'UTC_TIMESTAMP(3) - INTERVAL 10 MINUTE',
    next_check_at: 'UTC_TIMESTAMP(3) + INTERVAL (3600000000 + x * 1000) MICROSECOND',
  };
}
