import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { insertTasks, type NewTask } from '../../support/task-rows.ts';

const duplicateErrno = 1062;
const pauseMs = 100;

/** A user of the database who tries again until it has done what was asked, whatever happens to it meanwhile. */
export class PatientUser {
  readonly #connect: () => Promise<Connection>;
  #connection: Connection | undefined;

  /** @param connect opens a connection of a user */
  constructor(connect: () => Promise<Connection>) {
    this.#connect = connect;
  }

  /** False when the signal came first; the rows may be in even so. */
  async insert(tasks: readonly NewTask[], signal: AbortSignal): Promise<boolean> {
    const inserted = await this.do(async (connection) => {
      try {
        await insertTasks(connection, tasks);
      } catch (error) {
        // The answer to an earlier try was lost.
        if (!isDuplicate(error)) throw error;
      }
      return true;
    }, signal);
    return inserted ?? false;
  }

  /** Undefined when the signal came first. What is asked for must come to the same when it is done twice. */
  async do<Value>(ask: (connection: Connection) => Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
    while (!signal.aborted) {
      try {
        this.#connection ??= await this.#connect();
        return await ask(this.#connection);
      } catch {
        this.end();
        await sleep(pauseMs);
      }
    }
    return undefined;
  }

  end(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }
}

function isDuplicate(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && error.errno === duplicateErrno;
}
