import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** The public interface. Its first eight columns are those of the system this one grew from, to the letter. */
export const createTask: Migration = {
  version: 5,
  name: 'create table task',
  oldestProgram: '0.1.0',
  async statement(schema) {
    if (await schema.hasTable('task')) return undefined;
    return sql`CREATE TABLE task (
  id BIGINT(20) NOT NULL AUTO_INCREMENT,
  name VARCHAR(45) NOT NULL DEFAULT '' COMMENT 'name of the task, and of the Job of its first attempt',
  namespace VARCHAR(45) NOT NULL DEFAULT '' COMMENT 'Kubernetes namespace of the Job',
  info TEXT NOT NULL COMMENT 'what to run, as JSON',
  status VARCHAR(45) NOT NULL DEFAULT '' COMMENT 'Normal submits the task; nightwatch writes the rest',
  user_id BIGINT(20) NOT NULL DEFAULT 0 COMMENT 'who asked for it',
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_name_namespace (name, namespace)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='tasks: one row is one thing to run'`;
  },
};
