import type { Connection } from 'mysql2/promise';
import { migrations } from '../../migrations/migrations.ts';
import type { Flavour } from './database.ts';
import type { DatabaseServerOptions } from './database-server.ts';
import { migrateInProcess } from './migrate-in-process.ts';

/** With these a server takes a million rows in a few seconds instead of a minute. */
export const bulkArguments: Readonly<Record<Flavour, DatabaseServerOptions['extraArguments'] & object>> = {
  mariadb: ['--innodb-buffer-pool-size=768M', '--innodb-log-file-size=512M', '--skip-innodb-doublewrite'],
  mysql: ['--innodb-buffer-pool-size=768M', '--innodb-redo-log-capacity=512M', '--innodb-doublewrite=OFF'],
};

const decimals = 6;

/** Migrates an empty database and fills its table with 10^6 tasks that have ended; the indexes are added behind that. */
export async function migrateWithFinishedRows(adminUrl: string, user: Connection): Promise<void> {
  const indexing = migrations.findIndex(({ name }) => name.startsWith('add index'));
  await migrateInProcess(adminUrl, migrations.slice(0, indexing));
  // No poll reads it, and to keep it up would take as long as all the rest.
  await user.query('ALTER TABLE task DROP INDEX uk_name_namespace');
  await user.query('CREATE TABLE digit (d INT PRIMARY KEY)');
  await user.query('INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)');
  const places = Array.from({ length: decimals }, (_, index) => `place_${index}`);
  await user.query(`
    INSERT INTO task (name, namespace, info, status, attempt, row_key, attempt_id, job_namespace, job_name, job_uid,
      claimed_at, started_at, finished_at)
    SELECT n, 'demo', '{"image":"alpine"}', 'Succeeded', 1, n, n, 'demo', n, n,
      UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)
    FROM (SELECT STRAIGHT_JOIN CONCAT(${places.map((place) => `${place}.d`).join(', ')}) AS n
          FROM ${places.map((place) => `digit ${place}`).join(', ')}) numbers`);
  await user.query('DROP TABLE digit');
  await migrateInProcess(adminUrl);
}
