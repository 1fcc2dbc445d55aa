import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Who leads, and the epoch that every write of a leader is checked against. */
export const createLeader: Migration = {
  version: 3,
  name: 'create table leader',
  oldestProgram: '0.1.0',
  async statement(schema) {
    if (await schema.hasTable('leader')) return undefined;
    return sql`CREATE TABLE leader (
  id TINYINT NOT NULL DEFAULT 1 CHECK (id = 1),
  lock_name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'the Redis lock that elects here; set by the first candidate',
  epoch BIGINT NOT NULL DEFAULT 0 COMMENT 'fencing token: one more with each term',
  holder VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'replica/term',
  acquired_at DATETIME(3) NULL COMMENT 'UTC',
  PRIMARY KEY (id)
) ENGINE=InnoDB COMMENT='nightwatch: one row, who leads'`;
  },
};

export const insertLeader: Migration = {
  version: 4,
  name: 'insert the leader row',
  oldestProgram: '0.1.0',
  async statement(schema) {
    if (await schema.hasRow('leader')) return undefined;
    return sql`INSERT INTO leader (id, epoch) VALUES (1, 0)`;
  },
};
