import type { ShownTask } from '../../demo/shown-task.ts';

/** A task that runs. */
export function aShownTask(overrides: Partial<ShownTask> = {}): ShownTask {
  return {
    id: '1',
    name: 'demo-task-1',
    namespace: 'default',
    status: 'Running',
    reason: '',
    message: '',
    job: 'default/demo-task-1',
    elapsedMs: 1234,
    ...overrides,
  };
}
