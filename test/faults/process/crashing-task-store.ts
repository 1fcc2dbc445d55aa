import type { Database } from '../../../src/store/mysql/database.ts';
import { createTaskStore as createReal } from '../../../src/store/mysql/task-store.ts';
import type { TaskStore } from '../../../src/store/task-store.ts';
import { crashPointHere, withCrashPoint } from './crash-points.ts';

export function createTaskStore(database: Database): TaskStore {
  const { point, die } = crashPointHere();
  return withCrashPoint(createReal(database), point, die);
}
