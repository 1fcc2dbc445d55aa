import type { TermContext, Watcher, WatcherRun } from '../watcher.ts';
import { cancelRows } from './cancellations.ts';
import { Endings } from './endings.ts';
import { StartDeadlines } from './start-deadlines.ts';
import { Suspensions } from './suspensions.ts';

/**
 * Does what users want of their rows beside running them, and ends attempts that are to be ended.
 *
 * The rows themselves say what is still to be done (column `wish`, column `ending`), so nothing is lost with a term.
 */
export function createWishes(): Watcher {
  return {
    name: 'wishes',
    schedule: '@every 250ms',
    begin: (context) => new WishesRun(context),
  };
}

class WishesRun implements WatcherRun {
  readonly #context: TermContext;
  readonly #suspensions: Suspensions;
  readonly #startDeadlines: StartDeadlines;
  readonly #endings: Endings;

  constructor(context: TermContext) {
    this.#context = context;
    this.#suspensions = new Suspensions(context);
    this.#startDeadlines = new StartDeadlines(context);
    this.#endings = new Endings(context);
  }

  async run(): Promise<void> {
    const { attempts, term } = this.#context;
    // What former terms left open is not known yet: each of those rows would be taken for one just claimed.
    if (attempts.isLoading || !term.canAct()) return;
    // First what asks no row: what keeps wishes from being read must not keep Jobs from being ended.
    this.#startDeadlines.look();
    this.#endings.look();
    if (!(await this.#context.store.hasWishes())) {
      this.#suspensions.stop();
      return;
    }
    await cancelRows(this.#context);
    await this.#suspensions.look();
    this.#endings.look();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [this.#suspensions, this.#startDeadlines, this.#endings].map((part) => part[Symbol.asyncDispose]()),
    );
  }
}
