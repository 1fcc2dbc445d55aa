import type { Connection } from 'mysql2/promise';
import { z } from 'zod';

/** More than a screen holds, and little enough to read ten times a second. */
const newestRows = 500;

// What somebody has put into a row must not steer the terminal.
const text = z
  .string()
  .nullable()
  .transform((value) => (value ?? '').replace(/\p{Cc}/gu, '?'));
const number = z
  .union([z.string(), z.number()])
  .nullable()
  .transform((value) => (value === null ? undefined : Number(value)));

const shownTask = z.object({
  id: text,
  name: text,
  namespace: text,
  status: text,
  reason: text,
  message: text,
  /** Namespace and name, or empty. */
  job: text,
  /** From the moment nightwatch took the row up to its end, or to now. */
  elapsedMs: number,
});

/** What the demonstration shows of a row of the task table. */
export type ShownTask = Readonly<z.infer<typeof shownTask>>;

/** Reads the newest rows, by id. */
export async function readShownTasks(connection: Connection): Promise<readonly ShownTask[]> {
  const [rows] = await connection.query(
    `SELECT CAST(id AS CHAR) AS id, name, namespace, status, reason, message,
            CONCAT(job_namespace, '/', job_name) AS job,
            TIMESTAMPDIFF(MICROSECOND, claimed_at, COALESCE(finished_at, UTC_TIMESTAMP(3))) / 1000 AS elapsedMs
     FROM task ORDER BY task.id DESC LIMIT ${newestRows}`,
  );
  return z.array(shownTask).parse(rows).reverse();
}

/** Whether nightwatch is done with it. */
export function hasEnded({ status }: ShownTask): boolean {
  return status === 'Succeeded' || status === 'Failed';
}

/** As people read it: one decimal, or empty before nightwatch took the row up. */
export function elapsedText({ elapsedMs }: ShownTask): string {
  return elapsedMs === undefined ? '' : `${(elapsedMs / 1000).toFixed(1)} s`;
}
