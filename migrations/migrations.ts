import { addLifecycleColumns } from './add-lifecycle-columns.ts';
import { addTaskColumns } from './add-task-columns.ts';
import { createInstallation, insertInstallation } from './create-installation.ts';
import { createLeader, insertLeader } from './create-leader.ts';
import { createTask } from './create-task.ts';
import { createTaskAttempt } from './create-task-attempt.ts';
import {
  dropDueIndex,
  indexDueTasks,
  indexNormalTasks,
  indexOpenTasks,
  indexWaitingTasks,
  indexWishes,
} from './index-tasks.ts';
import type { Migration } from './migration.ts';

/** Every step of the schema in order. A step that was released is never changed; a new one goes to the end. */
export const migrations: readonly Migration[] = [
  createInstallation,
  insertInstallation,
  createLeader,
  insertLeader,
  createTask,
  addTaskColumns,
  indexNormalTasks,
  indexDueTasks,
  indexOpenTasks,
  addLifecycleColumns,
  createTaskAttempt,
  indexWishes,
  indexWaitingTasks,
  dropDueIndex,
];
