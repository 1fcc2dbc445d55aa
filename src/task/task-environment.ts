import type { Attempt } from './task.ts';

/** What the names of all variables begin with that nightwatch gives to containers; rows may not set such a name. */
export const taskEnvironmentPrefix = 'NIGHTWATCH_';

/** The variables by which the program of a task knows what it is a run of. */
export function taskEnvironment(attempt: Attempt, taskName: string): Readonly<Record<string, string>> {
  return {
    // A container with a NUL in its environment does not start; the name may have been edited since it was checked.
    [`${taskEnvironmentPrefix}TASK_NAME`]: taskName.replaceAll('\0', ''),
    [`${taskEnvironmentPrefix}TASK_ID`]: attempt.taskId,
    [`${taskEnvironmentPrefix}ATTEMPT`]: String(attempt.number),
    [`${taskEnvironmentPrefix}ATTEMPT_ID`]: attempt.attemptId,
    [`${taskEnvironmentPrefix}USER_ID`]: attempt.userId,
  };
}
