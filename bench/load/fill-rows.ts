import type { Connection } from 'mysql2/promise';

const chunk = 100_000;

/** Rows that the database makes of numbers by itself, for many that nobody is to wait for. */
export interface FilledRows {
  /** SQL for each column; `x` is the number of the row. */
  readonly columns: Readonly<Record<string, string>>;
  readonly from: number;
  readonly count: number;
  /** Monotonic milliseconds after which no further part is begun. */
  readonly latestMs?: number;
  readonly onProgress?: (filled: number) => void;
}

/**
 * Inserts rows, 100 000 a statement; returns how many there was time for.
 *
 * In the order of their numbers: an index whose values grow with them is only appended to, which is many times faster.
 */
export async function fillRows(user: Connection, rows: FilledRows): Promise<number> {
  const { columns, from, count, latestMs = Number.POSITIVE_INFINITY, onProgress } = rows;
  await createNumbers(user);
  let filled = 0;
  while (filled < count && performance.now() < latestMs) {
    const part = Math.min(chunk, count - filled);
    await user.query(
      `INSERT INTO task (${Object.keys(columns).join(', ')}) SELECT ${Object.values(columns).join(', ')}
       FROM (SELECT n + ${from + filled} AS x FROM bench_number WHERE n < ${part} ORDER BY n LIMIT ${part}) numbers`,
    );
    filled += part;
    onProgress?.(filled);
  }
  return filled;
}

async function createNumbers(user: Connection): Promise<void> {
  await user.query('CREATE TABLE IF NOT EXISTS bench_number (n INT PRIMARY KEY)');
  const numbers = Array.from({ length: chunk }, (_, n) => [n]);
  await user.query('INSERT IGNORE INTO bench_number VALUES ?', [numbers]);
}
