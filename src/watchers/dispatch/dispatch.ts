import type { OwnWait } from '../../scheduler/pass.ts';
import { isStoreError } from '../../store/store-error.ts';
import type { ClaimResult, TaskStore } from '../../store/task-store.ts';
import type { ClaimedTask } from '../../task/task.ts';
import type { ObservationState } from '../sync/observation-state.ts';
import type { TermContext, Watcher, WatcherRun } from '../watcher.ts';
import { HeldRows } from './held-rows.ts';
import { Launcher } from './launcher.ts';
import { idsOf, NormalPages } from './normal-pages.ts';
import { RestingWork } from './resting-work.ts';

export interface DispatchOptions {
  readonly intervalMs: number;
  readonly createsInFlight: number;
  readonly createLeaseMs: number;
  readonly createDeadlineMs: number;
  readonly state: ObservationState;
}

const pageSize = 500;
const dueIntervalMs = 250;
const mostRefusals = 10;

/**
 * Turns Normal rows into Jobs.
 *
 * A pass takes a page of rows: it commits the intent, reads back what it got, and hands that to the launcher, which
 * creates the Jobs while the next page is taken. Rows whose wait is over are taken up again a few times a second.
 */
export function createDispatch(options: DispatchOptions): Watcher {
  return {
    name: 'dispatch',
    schedule: `@every ${options.intervalMs}ms`,
    begin: (context, wake) => new DispatchRun(options, context, wake),
  };
}

class DispatchRun implements WatcherRun {
  readonly #options: DispatchOptions;
  readonly #context: TermContext;
  readonly #launcher: Launcher;
  readonly #held = new HeldRows();
  readonly #pages: NormalPages;
  readonly #normal: RestingWork;
  readonly #due: RestingWork;
  readonly #wake: () => void;
  /** Rows of this pass that the database refused. */
  #refusals = 0;
  #hasTroubles = false;

  constructor(options: DispatchOptions, context: TermContext, wake: () => void) {
    this.#options = options;
    this.#context = context;
    this.#launcher = new Launcher({ ...options, ...context });
    this.#pages = new NormalPages({ ...context, pageSize, held: this.#held });
    const claimNormal = (wait: OwnWait | undefined) => this.#claimNormal(wait);
    const claimDue = () => this.#claimDue();
    this.#normal = new RestingWork({ ...context, rows: 'Normal rows', work: claimNormal });
    this.#due = new RestingWork({ ...context, rows: 'due rows', everyMs: dueIntervalMs, work: claimDue });
    this.#wake = wake;
  }

  /** It is the database that waits, where the rows are; but not while Jobs are made, whose requests it would delay. */
  get waitsItself(): boolean {
    return this.#hasWork() && this.#launcher.isIdle && this.#normal.isDue;
  }

  async run(_signal?: AbortSignal, wait?: OwnWait): Promise<void> {
    if (!this.#hasWork()) return;
    this.#refusals = 0;
    // Side by side, each with its own rest: a lock that one of them meets must not delay the other. Due rows begin, for
    // the wait for new ones lasts until their next turn.
    await Promise.all([this.#due.run(), this.#normal.run(wait)]);
    this.#noteTroubles();
  }

  #hasWork(): boolean {
    return this.#context.term.canAct() && this.#launcher.hasRoom(pageSize);
  }

  /** Only what has changed: a hundred passes a second mostly find none. */
  #noteTroubles(): void {
    const claims = [this.#normal.trouble, this.#due.trouble].filter((trouble) => trouble !== undefined);
    if (claims.length === 0 && !this.#hasTroubles) return;
    this.#hasTroubles = claims.length > 0;
    this.#options.state.noteFindings({ claims });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#launcher[Symbol.asyncDispose]();
  }

  async #claimNormal(wait: OwnWait | undefined): Promise<void> {
    const { taskIds, hasNext } = await this.#pages.next(wait, this.#due.dueAtMs);
    const claimed = await this.#claim(taskIds, this.#context.store.claimNormal);
    if (claimed > 0 && hasNext) this.#wake();
  }

  async #claimDue(): Promise<void> {
    const { store } = this.#context;
    const nowMs = performance.now();
    this.#held.forgetOld(nowMs);
    // As many more as are held, and those last, so that they never fill the page.
    const due = await store.listDue(pageSize + this.#held.size);
    const fresh = due.filter(({ taskId }) => !this.#held.has(taskId));
    const again = due.filter(({ taskId }) => this.#held.has(taskId) && !this.#held.isResting(taskId, nowMs));
    const page = [...fresh, ...again].slice(0, pageSize);
    const { open = [], waiting = [] } = Object.groupBy(page, ({ isOpen }) => (isOpen ? 'open' : 'waiting'));
    await this.#claim(idsOf(open), store.claimDue);
    await this.#claim(idsOf(waiting), store.claimNormal);
  }

  /** Claims, follows and launches what nobody holds; returns how many that were. */
  async #claim(taskIds: readonly string[], claim: TaskStore['claimNormal']): Promise<number> {
    const { term } = this.#context;
    if (taskIds.length === 0 || !term.canAct()) return 0;
    let result: ClaimResult;
    try {
      result = await claim(term.epoch, taskIds, this.#options.createLeaseMs);
    } catch (error) {
      if (!isStoreError(error, 'unexpected') || term.ended.aborted) throw error;
      return await this.#isolate(taskIds, claim, error);
    }
    if (result.result === 'fenced') {
      term.end('the database has a newer epoch');
      return 0;
    }
    const claimed = new Set(result.tasks.map(({ taskId }) => taskId));
    const nowMs = performance.now();
    for (const taskId of taskIds) {
      if (claimed.has(taskId)) this.#held.release(taskId);
      else this.#held.rest(taskId, nowMs);
    }
    this.#launch(result.tasks);
    return claimed.size;
  }

  /** One row that the database will not take must not keep the others from being taken: it rests, as one that is held. */
  async #isolate(taskIds: readonly string[], claim: TaskStore['claimNormal'], error: unknown): Promise<number> {
    const [only = '', ...others] = taskIds;
    if (others.length === 0) {
      this.#refusals += 1;
      // So many are no poison: something is wrong with the statement, or with the table.
      if (this.#refusals > mostRefusals) throw error;
      this.#held.rest(only, performance.now());
      this.#context.log.error({ err: error, task: only }, 'the database refuses to have a row claimed');
      return 0;
    }
    const middle = Math.ceil(taskIds.length / 2);
    const claimed = await this.#claim(taskIds.slice(0, middle), claim);
    return claimed + (await this.#claim(taskIds.slice(middle), claim));
  }

  #launch(tasks: readonly ClaimedTask[]): void {
    const { attempts, recorder } = this.#context;
    // One that has ended, only its row does not say so yet, must not be launched again.
    const open = tasks.filter(({ attemptId }) => !recorder.isEnding(attemptId));
    for (const task of open) {
      const attempt = attempts.follow(task, { tries: task.tries, setbacks: task.setbacks });
      if (attempt.jobUid === undefined) attempt.jobName = task.jobName; // renamed, though the answer was lost
      if (task.ending) attempts.noteEnding(attempt, task.ending);
    }
    this.#launcher.add(open);
  }
}
