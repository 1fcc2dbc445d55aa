import type { QueryResult, RawBuilder } from 'kysely';
import type { Database } from './database.ts';

/** Where a value of a template stands until there is one. */
export class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** The values for a template's slots, by their names. */
export type SlotValues = Readonly<Record<string, unknown>>;

/** A statement that is built and compiled once and executed with other values each time. */
type StatementTemplate<Row> = (values: SlotValues) => Promise<QueryResult<Row>>;

/**
 * Makes a template of a statement in which slots stand for values.
 *
 * For statements on the way from a row to its Job: to build and to compile one costs as much as to send it.
 */
export function statementTemplate<Row>(database: Database, statement: RawBuilder<Row>): StatementTemplate<Row> {
  const compiled = statement.compile(database);
  return (values) => {
    const parameters = compiled.parameters.map((value) => (value instanceof Slot ? values[value.name] : value));
    return database.executeQuery({ ...compiled, parameters });
  };
}
