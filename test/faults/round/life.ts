import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import type { Desired } from '../../../src/task/task.ts';
import type { SeededRandom } from '../../support/seeded-random.ts';
import type { NewTask } from '../../support/task-rows.ts';
import type { Expectation } from '../checker/expectation.ts';
import type { PatientUser } from './patient-user.ts';

/** A row whose user does more than submit it. */
export interface Life {
  /** What it is called beside its number. */
  readonly kind: string;
  readonly task: () => Partial<NewTask>;
  /** What it comes to, whenever its user does what. */
  readonly end: Omit<Expectation, 'namespace' | 'name'>;
  readonly act?: (row: LivedRow) => Promise<void>;
}

export interface LivedRowOptions {
  readonly user: PatientUser;
  readonly random: SeededRandom;
  readonly namespace: string;
  readonly name: string;
  /** From here on its user waits for nothing any more but what has to be. */
  readonly hurry: AbortSignal;
  /** From here on nothing is done any more. */
  readonly end: AbortSignal;
}

interface Said {
  readonly status: string;
  readonly isEnded: boolean;
}

const lookEveryMs = 250;

/** A row in the hands of its user. */
export class LivedRow {
  readonly #options: LivedRowOptions;

  constructor(options: LivedRowOptions) {
    this.#options = options;
  }

  get random(): SeededRandom {
    return this.#options.random;
  }

  /** Waits until the row says so, or has ended, or its user is in a hurry. */
  async untilStatus(status: string): Promise<void> {
    await this.#until((row) => row.status === status || row.isEnded, this.#options.hurry);
  }

  /** Waits until the row has ended, hurry or not; returns how, undefined when nobody waits for it any more. */
  async untilEnded(): Promise<string | undefined> {
    return (await this.#until(({ isEnded }) => isEnded, this.#options.end))?.status;
  }

  async want(desired: Desired): Promise<void> {
    await this.#update('desired = ?', 'TRUE', desired);
  }

  /** Takes the row out of this end to be run again. */
  async submitAgain(status: string): Promise<void> {
    await this.#update("status = 'Normal'", 'status = ?', status);
  }

  /** For so long at most. */
  async pause(mostMs: number): Promise<void> {
    const { random, hurry } = this.#options;
    await sleep(random.between(0, mostMs), undefined, { signal: hurry }).catch(() => {}); // the hurry is no failure
  }

  async #update(set: string, where: string, value: string): Promise<void> {
    const { user, namespace, name, end } = this.#options;
    const statement = `UPDATE task SET ${set} WHERE namespace = ? AND name = ? AND ${where}`;
    const isFirst = set.includes('?');
    const values = isFirst ? [value, namespace, name] : [namespace, name, value];
    await user.do((connection) => connection.query(statement, values), end);
  }

  async #until(isSo: (row: Said) => boolean, signal: AbortSignal): Promise<Said | undefined> {
    while (!signal.aborted) {
      const row = await this.#read(signal);
      if (row && isSo(row)) return row;
      await sleep(lookEveryMs, undefined, { signal }).catch(() => {}); // its end is no failure
    }
    return undefined;
  }

  async #read(signal: AbortSignal): Promise<Said | undefined> {
    const { user, namespace, name } = this.#options;
    const statement = 'SELECT status, finished_at IS NOT NULL AS finished FROM task WHERE namespace = ? AND name = ?';
    const rows = await user.do(async (connection) => {
      const [found] = await connection.query<RowDataPacket[]>(statement, [namespace, name]);
      return found;
    }, signal);
    const row = rows?.[0];
    if (!row) return undefined;
    const status = String(row.status);
    return { status, isEnded: Number(row.finished) === 1 && ['Succeeded', 'Failed', 'Cancelled'].includes(status) };
  }
}
