import { Kysely, MysqlDialect, type MysqlPool, type MysqlPoolConnection } from 'kysely';
import { format } from 'mysql2';
import { createRecords } from '../../src/store/mysql/record-attempts.ts';
import type { Tables } from '../../src/store/mysql/tables.ts';
import type { ProgressWrite } from '../../src/store/task-writes.ts';
import type { MicroPath } from './micro-path.ts';

const count = 500;
const epoch = 1;
const records = createRecords(new Kysely<Tables>({ dialect: new MysqlDialect({ pool: nowhere() }) }));
const writes = Array.from({ length: count }, (_, index): ProgressWrite => {
  const attemptId = `0123456789abcdef012-${index.toString(16).padStart(16, '0')}`;
  return { taskId: String(index), attemptId, status: 'Running', reason: undefined, message: undefined, started: true };
});

/** From what is to be written to the text of one fenced statement. */
export const flushBuilding: MicroPath = {
  name: `flush of ${count} rows → SQL text`,
  count,
  async run() {
    const { result } = await records.recordProgress(epoch, writes);
    if (result !== 'written') throw new Error(`the flush was ${result}`);
  },
};

/** A database that gets as far as the text that the driver would send, and says that all rows were written. */
function nowhere(): MysqlPool {
  const answer = { affectedRows: count, changedRows: count, insertId: 0 };
  const connection = {
    threadId: 1,
    query(sql: string, parameters: Parameters<typeof format>[1], callback: (error: null, result: unknown) => void) {
      format(sql, parameters);
      callback(null, answer);
    },
    release() {},
  };
  return {
    getConnection: (callback) => callback(null, connection as unknown as MysqlPoolConnection),
    end: (callback) => callback(undefined),
  };
}
