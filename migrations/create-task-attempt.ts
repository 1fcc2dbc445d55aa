import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** What became of each attempt that has ended, kept when its row goes on to another. */
export const createTaskAttempt: Migration = {
  version: 11,
  name: 'create table task_attempt',
  oldestProgram: '0.1.0',
  async statement(schema) {
    if (await schema.hasTable('task_attempt')) return undefined;
    return sql`CREATE TABLE task_attempt (
  attempt_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  task_id DECIMAL(20) NOT NULL COMMENT 'id of the row in table task, which may be unsigned',
  row_key CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'tells the row from a later one with its id',
  attempt INT NOT NULL DEFAULT 0 COMMENT 'number of the attempt, from 1',
  job_namespace VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  job_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  job_uid CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'Succeeded, Failed or Cancelled',
  reason VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  message VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  exit_code INT NULL COMMENT 'of the container',
  log MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'the end of what the container wrote',
  log_cut TINYINT NOT NULL DEFAULT 0 COMMENT '1: more was written before what log begins with',
  log_note VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'why there is no log',
  claimed_at DATETIME(3) NULL COMMENT 'UTC',
  started_at DATETIME(3) NULL COMMENT 'UTC',
  finished_at DATETIME(3) NULL COMMENT 'UTC',
  log_due_at DATETIME(3) NULL COMMENT 'UTC: when the log is to be read; NULL once it is stored or given up',
  clean_up_at DATETIME(3) NULL COMMENT 'UTC: when the Job is to be deleted; NULL once it is',
  ending VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'CleanUp: the Job is being deleted',
  epoch BIGINT NOT NULL DEFAULT 0 COMMENT 'term that wrote this row last',
  PRIMARY KEY (attempt_id),
  KEY task_attempt_of_task (task_id, attempt),
  KEY task_attempt_log_due (log_due_at),
  KEY task_attempt_clean_up (clean_up_at)
) ENGINE=InnoDB COMMENT='nightwatch: attempts that have ended'`;
  },
};
