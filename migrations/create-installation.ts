import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Which installation this database is: its id is a label on every Job, so that two never touch each other's. */
export const createInstallation: Migration = {
  version: 1,
  name: 'create table installation',
  oldestProgram: '0.1.0',
  async statement(schema) {
    if (await schema.hasTable('installation')) return undefined;
    return sql`CREATE TABLE installation (
  id TINYINT NOT NULL DEFAULT 1 CHECK (id = 1),
  installation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  schema_version INT NOT NULL,
  oldest_program VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB COMMENT='nightwatch: one row, which installation this is and which schema it has'`;
  },
};

export const insertInstallation: Migration = {
  version: 2,
  name: 'draw the installation id',
  oldestProgram: '0.1.0',
  async statement(schema) {
    if (await schema.hasRow('installation')) return undefined;
    return sql`INSERT INTO installation (id, installation_id, schema_version, oldest_program) VALUES (1, UUID(), 1, '0.1.0')`;
  },
};
