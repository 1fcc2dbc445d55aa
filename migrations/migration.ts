import type { RawBuilder } from 'kysely';

/** What a migration may ask about the schema before it decides. */
export interface SchemaReader {
  hasTable(table: string): Promise<boolean>;
  /** The table's columns, lower case; empty when there is no such table. */
  columnsOf(table: string): Promise<ReadonlySet<string>>;
  hasIndex(table: string, index: string): Promise<boolean>;
  hasRow(table: string): Promise<boolean>;
}

/**
 * One step of the schema: one statement, because DDL cannot be rolled back.
 *
 * A step whose program died between the statement and the record of it is run again, so each looks at the schema first.
 */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** The oldest program that may run on the schema once this step is applied. */
  readonly oldestProgram: string;
  /** The statement still to be run, or undefined when the schema has it already; throws {@link MigrationError} when it cannot fit. */
  statement(schema: SchemaReader): Promise<RawBuilder<unknown> | undefined>;
}

/** The schema cannot be brought to what nightwatch needs without a person; the message says what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
