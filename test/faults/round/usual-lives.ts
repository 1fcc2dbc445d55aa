import { anInfo } from '../../support/task-rows.ts';
import type { Life } from './life.ts';

const soonMs = 2_000;
const atOnce = { initialSeconds: 0 };
const withMind = 1_000;

/** One row of each kind of life: what its user does to it comes at random moments, and to the same end at all of them. */
export const usualLives: readonly Life[] = [
  {
    kind: 'cancelled',
    task: () => ({ info: anInfo({ life: 'hang; stop 200ms' }) }),
    // Whoever waits for it to run stops waiting at the end of the round, and may come before it is taken.
    end: { status: 'Cancelled', reason: 'Cancelled' },
    async act(row) {
      await row.untilStatus('Running');
      await row.pause(withMind);
      await row.want('Cancel');
    },
  },
  {
    kind: 'cancelled-unstarted',
    task: () => ({ desired: 'Cancel' }),
    end: { status: 'Cancelled', reason: 'Cancelled', attempts: 0 },
  },
  {
    kind: 'held',
    task: () => ({ info: anInfo({ life: 'succeed after 1500ms' }) }),
    end: { status: 'Succeeded', attempts: 1 },
    async act(row) {
      await row.untilStatus('Running');
      await row.want('Suspend');
      await row.untilStatus('Suspended');
      await row.pause(withMind);
      await row.want('Run');
    },
  },
  {
    kind: 'held-unstarted',
    task: () => ({ desired: 'Suspend' }),
    end: { status: 'Succeeded', attempts: 1 },
    async act(row) {
      await row.untilStatus('Suspended');
      await row.pause(withMind);
      await row.want('Run');
    },
  },
  {
    kind: 'retried',
    task: () => ({
      info: anInfo({ life: 'exit 3 after 50ms | succeed after 50ms', retry: { maxAttempts: 2, backOff: atOnce } }),
    }),
    end: { status: 'Succeeded', attempts: 2 },
  },
  {
    kind: 'submitted-again',
    task: () => ({ info: anInfo({ life: 'exit 3 | succeed' }) }),
    end: { status: 'Succeeded', attempts: 2 },
    async act(row) {
      await row.untilEnded();
      await row.submitAgain('Failed');
    },
  },
  {
    kind: 'unstarted',
    task: () => ({ info: anInfo({ life: 'pending', startDeadlineSeconds: 1 }) }),
    end: { status: 'Failed', reason: 'StartDeadline', attempts: 1 },
  },
  {
    kind: 'later',
    task: () => ({ not_before: new Date(Date.now() + soonMs).toISOString().replace('T', ' ').replace('Z', '') }),
    end: { status: 'Succeeded', attempts: 1 },
  },
];
