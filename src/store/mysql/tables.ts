import type { ColumnType, Generated } from 'kysely';

/** A BIGINT column: read as a decimal string (a number would round it), written as a bigint. */
type BigInteger = ColumnType<string, bigint, bigint>;

/** The table that users write to; which columns are whose is in the README. */
export interface TaskTable {
  readonly id: BigInteger;
  readonly name: string;
  readonly namespace: string;
  readonly info: string;
  readonly status: string;
  readonly user_id: BigInteger;
  readonly priority: Generated<number>;
  readonly reason: string | null;
  readonly message: string | null;
  readonly attempt: Generated<number>;
  readonly row_key: string | null;
  readonly attempt_id: string | null;
  readonly job_namespace: string | null;
  readonly job_name: string | null;
  readonly job_uid: string | null;
  /** DATETIME(3) in UTC, as every time here; read as text, because the database's clock alone decides. */
  readonly next_check_at: string | null;
  readonly claimed_at: string | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly epoch: Generated<BigInteger>;
  readonly desired: Generated<string>;
  readonly not_before: string | null;
  readonly ending: string | null;
  readonly exit_code: number | null;
  readonly tries: Generated<number>;
  readonly setbacks: Generated<number>;
  /** Virtual: when a waiting row is taken up again. */
  readonly due_at: string | null;
  /** Virtual: what its user wants of a row that it does not do yet. */
  readonly wish: string | null;
}

/** One row (id 1): who leads. Every fenced write joins it on the epoch. */
export interface LeaderTable {
  readonly id: number;
  readonly lock_name: string | null;
  readonly epoch: BigInteger;
  readonly holder: string | null;
  readonly acquired_at: string | null;
}

/** One row (id 1): which installation this database is, and what its schema needs. */
export interface InstallationTable {
  readonly id: number;
  readonly installation_id: string;
  readonly schema_version: number;
  readonly oldest_program: string;
}

export interface Tables {
  readonly task: TaskTable;
  readonly leader: LeaderTable;
  readonly installation: InstallationTable;
}
