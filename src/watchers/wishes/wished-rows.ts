import type { WishedRow } from '../../store/wish-store.ts';
import type { TermContext } from '../watcher.ts';

const pageSize = 500;

/** The rows that do not do what their users want, page by page, while the term may act. */
export async function* wishedRows(
  { store, term }: Pick<TermContext, 'store' | 'term'>,
  wish: WishedRow['wish'],
): AsyncGenerator<readonly WishedRow[]> {
  let after: string | undefined;
  do {
    if (!term.canAct()) return;
    const rows = await store.listWishes(wish, pageSize, after);
    if (rows.length > 0) yield rows;
    after = rows.length === pageSize ? rows.at(-1)?.taskId : undefined;
  } while (after !== undefined);
}
