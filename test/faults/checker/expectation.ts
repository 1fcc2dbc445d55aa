import type { TaskStatus } from '../../../src/task/status.ts';

/** What the script of a row says it comes to. */
export interface Expectation {
  readonly namespace: string;
  readonly name: string;
  readonly status: TaskStatus;
  /** Undefined: any. */
  readonly reason?: string;
  /** How many attempts that takes; undefined: any number. */
  readonly attempts?: number;
  /** No fault touches it: it may not be delayed either. */
  readonly isUntouched?: boolean;
}
