import type { CancelAnswer, WishedRow } from '../../store/wish-store.ts';
import { quoted } from '../../task/message.ts';
import { reasons } from '../../task/reasons.ts';
import type { TermContext } from '../watcher.ts';
import { commitEndings } from './commit-endings.ts';
import { wishedRows } from './wished-rows.ts';
import { writeAll } from './write-all.ts';

const beingCancelled =
  'The task is being cancelled, as its user wanted: it is Cancelled as soon as its Job and its pods are gone.';

/** Rows that the system before this one left open: what they want is looked at once they are taken over. */
const inheritedStatuses: readonly string[] = ['Pending', 'Running', 'Unknown'];

/** Cancels what its user wants cancelled: rows without an attempt at once, open attempts by ending them first. */
export async function cancelRows(context: TermContext): Promise<void> {
  const { recorder, store } = context;
  for await (const rows of wishedRows(context, 'Cancel')) {
    const { open = [], waiting = [], ended = [] } = Object.groupBy(rows, ({ stage }) => stage);
    await writeAll(context, [...waiting.map(cancelled), ...ended.filter(hasEnded).map(refused)], store.answerCancel);
    const endings = open.flatMap(({ taskId, attemptId }) =>
      attemptId === undefined || recorder.isEnding(attemptId)
        ? []
        : [{ taskId, attemptId, ending: 'Cancelled', message: beingCancelled } as const],
    );
    await commitEndings(context, endings);
  }
}

function hasEnded({ attemptId, status }: WishedRow): boolean {
  return attemptId !== undefined || !inheritedStatuses.includes(status);
}

function cancelled({ taskId, status, attemptId }: WishedRow): CancelAnswer {
  const reason = 'Cancelled';
  return { taskId, status, attemptId, answer: 'cancelled', reason, message: reasons[reason] };
}

function refused({ taskId, status, attemptId }: WishedRow): CancelAnswer {
  const message =
    attemptId === undefined
      ? `there was nothing to cancel: the task was not submitted (its status was ${quoted(status)})`
      : `there was nothing to cancel: the task had ended already (its status was ${quoted(status)})`;
  return { taskId, status, attemptId, answer: 'refused', reason: undefined, message };
}
