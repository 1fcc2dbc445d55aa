import type { Connection } from 'mysql2/promise';
import { benchInfo } from '../subjects/job-template.ts';
import { taskName } from './task-ids.ts';

/** Submits rows as their users do, in one statement; resolves when the database has acknowledged the commit. */
export async function insertRows(user: Connection, namespace: string, ids: readonly number[]): Promise<void> {
  const rows = ids.map((id) => [id, taskName(id), namespace, benchInfo, 'Normal']);
  await user.query('INSERT INTO task (id, name, namespace, info, status) VALUES ?', [rows]);
}
