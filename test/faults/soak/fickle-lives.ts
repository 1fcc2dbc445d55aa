import { anInfo } from '../../support/task-rows.ts';
import type { Life, LivedRow } from '../round/life.ts';

const mostWishes = 4;
const withMindMs = 1_500;
const atOnce = { initialSeconds: 0 };

/** Users who want this and then that, at random; only their last wish decides what becomes of their rows. */
export const fickleLives: readonly Life[] = [
  {
    kind: 'at-last-cancelled',
    task: () => ({ info: anInfo({ life: 'hang; stop 200ms' }) }),
    end: { status: 'Cancelled', reason: 'Cancelled', attempts: 1 },
    async act(row) {
      await holdAndResume(row);
      await row.want('Cancel');
    },
  },
  {
    kind: 'at-last-resumed',
    task: () => ({ info: anInfo({ life: 'start 200ms; succeed after 1s' }) }),
    end: { status: 'Succeeded', attempts: 1 },
    async act(row) {
      await holdAndResume(row);
      await row.want('Run');
    },
  },
  {
    // Whether the Cancel is taken back in time nobody knows before.
    kind: 'at-last-run',
    task: () => ({ info: anInfo({ life: 'start 200ms; succeed after 500ms' }) }),
    end: { status: 'Succeeded' },
    async act(row) {
      await row.pause(withMindMs);
      await row.want('Cancel');
      await row.pause(withMindMs);
      await row.want('Run');
      if ((await row.untilEnded()) === 'Cancelled') await row.submitAgain('Cancelled');
    },
  },
  {
    kind: 'repeated',
    task: () => ({ info: anInfo({ life: 'exit 3 | exit 4 | succeed', retry: { maxAttempts: 2, backOff: atOnce } }) }),
    end: { status: 'Succeeded', attempts: 3 },
    async act(row) {
      await row.untilEnded();
      await row.submitAgain('Failed');
    },
  },
];

async function holdAndResume(row: LivedRow): Promise<void> {
  for (let wishes = row.random.between(0, mostWishes); wishes > 0; wishes -= 1) {
    await row.pause(withMindMs);
    await row.want(row.random.between(0, 1) === 0 ? 'Suspend' : 'Run');
  }
}
