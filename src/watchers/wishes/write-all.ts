import { isStoreError } from '../../store/store-error.ts';
import type { TermContext } from '../watcher.ts';

/**
 * Writes a batch in one statement; one row that the database refuses keeps none of the others from being written.
 *
 * Throws what concerns every statement: the pass is then tried again with back-off.
 */
export async function writeAll<Write extends { readonly taskId: string }>(
  context: Pick<TermContext, 'term' | 'log'>,
  writes: readonly Write[],
  write: (epoch: number, writes: readonly Write[]) => Promise<'written' | 'fenced'>,
): Promise<void> {
  const { term, log } = context;
  if (writes.length === 0 || !term.canAct()) return;
  try {
    if ((await write(term.epoch, writes)) === 'fenced') term.end('the database has a newer epoch');
  } catch (error) {
    if (!isStoreError(error, 'unexpected') || term.ended.aborted) throw error;
    const middle = Math.ceil(writes.length / 2);
    if (middle === writes.length) {
      log.error({ err: error, task: writes[0]?.taskId }, 'the database refuses a row, it is left as it is');
      return;
    }
    await writeAll(context, writes.slice(0, middle), write);
    await writeAll(context, writes.slice(middle), write);
  }
}
