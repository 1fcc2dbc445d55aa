import type { NewTask } from '../../support/task-rows.ts';

/** Tasks that are submitted together and come to the same end. */
export interface Fate {
  /** Their names begin so, with a number behind it. */
  readonly prefix: string;
  readonly count: number;
  readonly info: Readonly<Record<string, unknown>>;
  readonly columns?: Partial<NewTask>;
  readonly end: {
    readonly status: string;
    readonly reason: string | null;
    readonly exitCode: number | null;
  };
  /** What is kept of each attempt at the end: how it ended, and its exit code. */
  readonly kept: readonly (readonly [status: string, exitCode: number | null])[];
  /** Whether the last attempt's container has run, and so has left a log. */
  readonly hasLog: boolean;
}

/** Puts the pod on the node that has the logs. */
const placed = 'stop 1ms';
const soon = { initialSeconds: 1, factor: 1, jitter: 0 };
const succeeded = { status: 'Succeeded', reason: null, exitCode: 0 } as const;
const cancelled = { status: 'Cancelled', reason: 'Cancelled', exitCode: null } as const;
const exited = (exitCode: number) => ({ status: 'Failed', reason: 'ExitCode', exitCode }) as const;
const done = ['Succeeded', 0] as const;

/** Fifty tasks: what their user wants of them later is in the story itself. */
export const fates: readonly Fate[] = [
  {
    ...{ prefix: 'works', count: 10, info: { life: `start 100ms; succeed after 200ms; ${placed}` } },
    ...{ end: succeeded, kept: [done], hasLog: true },
  },
  {
    ...{ prefix: 'fails', count: 6, info: { life: `exit 3 after 100ms; ${placed}` } },
    ...{ end: exited(3), kept: [['Failed', 3]], hasLog: true },
  },
  {
    ...{ prefix: 'eats-memory', count: 3, info: { life: `crash; ${placed}` } },
    ...{ end: { status: 'Failed', reason: 'OOMKilled', exitCode: 137 }, kept: [['Failed', 137]], hasLog: true },
  },
  {
    ...{ prefix: 'second-time', count: 5 },
    info: { life: `exit 3; ${placed} | succeed; ${placed}`, retry: { maxAttempts: 3, backOff: soon } },
    ...{ end: succeeded, kept: [['Failed', 3], done], hasLog: true },
  },
  {
    ...{ prefix: 'in-vain', count: 2 },
    info: { life: `exit 5; ${placed} | exit 6; ${placed}`, retry: { maxAttempts: 2, backOff: soon } },
    end: exited(6),
    kept: [
      ['Failed', 5],
      ['Failed', 6],
    ],
    hasLog: true,
  },
  {
    ...{ prefix: 'unwanted', count: 5, info: { life: `hang; ${placed}` } },
    ...{ end: cancelled, kept: [['Cancelled', null]], hasLog: true },
  },
  {
    ...{ prefix: 'never-begun', count: 3, info: {}, columns: { desired: 'Suspend' } },
    ...{ end: cancelled, kept: [], hasLog: false },
  },
  {
    ...{ prefix: 'held', count: 4, info: { life: `hang; ${placed}` } },
    ...{ end: succeeded, kept: [done], hasLog: true },
  },
  {
    ...{ prefix: 'later', count: 3, info: { life: `succeed; ${placed}` } },
    columns: { not_before: '2100-01-01 00:00:00' },
    ...{ end: succeeded, kept: [done], hasLog: true },
  },
  {
    ...{ prefix: 'no-image', count: 2, info: { life: 'image-not-found', startDeadlineSeconds: 3 } },
    end: { status: 'Failed', reason: 'StartDeadline', exitCode: null },
    ...{ kept: [['Failed', null]], hasLog: false },
  },
  {
    ...{ prefix: 'once-more', count: 4, info: { life: `exit 7; ${placed} | succeed; ${placed}` } },
    ...{ end: succeeded, kept: [['Failed', 7], done], hasLog: true },
  },
  {
    ...{ prefix: 'removed', count: 3, info: { life: `hang; ${placed}` } },
    end: { status: 'Failed', reason: 'JobDeleted', exitCode: null },
    ...{ kept: [['Failed', null]], hasLog: false },
  },
];

/** The names of a fate's tasks. */
export function namesOf({ prefix, count }: Pick<Fate, 'prefix' | 'count'>): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}
