import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import type { SeededRandom } from '../../support/seeded-random.ts';
import { aNewTask, anInfo, insertTasks, type NewTask } from '../../support/task-rows.ts';
import type { Expectation } from '../checker/expectation.ts';

export interface LoadOptions {
  readonly namespaces: readonly string[];
  /** Namespaces whose rows no fault touches. */
  readonly untouched: ReadonlySet<string>;
  /** Opens a connection of a user. */
  readonly connect: () => Promise<Connection>;
  readonly random: SeededRandom;
  /** Pause between two rows, milliseconds; 0 for no load. */
  readonly everyMs: number;
}

const scripts = [
  { life: 'succeed', status: 'Succeeded' },
  { life: 'start 50ms; succeed after 100ms', status: 'Succeeded' },
  { life: 'succeed after 300ms', status: 'Succeeded' },
  { life: 'start 100ms; exit 3', status: 'Failed' },
  { life: 'crash after 100ms', status: 'Failed' },
] as const;

const duplicateErrno = 1062;

/** Users who submit rows one by one, whatever happens, and know what each has to come to. */
export class Load implements AsyncDisposable {
  readonly #options: LoadOptions;
  /** By namespace and name. */
  readonly #expectations = new Map<string, Expectation>();
  readonly #end = new AbortController();
  readonly #submitting: Promise<void>;
  #connection: Connection | undefined;
  #count = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#submitting = options.everyMs > 0 ? this.#submitSteadily(options.everyMs) : Promise.resolve();
  }

  get expectations(): readonly Expectation[] {
    return [...this.#expectations.values()];
  }

  /** Says what a row comes to that was submitted otherwise; the latest word about a row counts. */
  expect(expectation: Expectation): void {
    this.#expectations.set(`${expectation.namespace}/${expectation.name}`, expectation);
  }

  /** Submits rows as a user does who tries again until the database has taken them. */
  async submit(tasks: readonly NewTask[], end: Omit<Expectation, 'namespace' | 'name'>): Promise<void> {
    for (const { namespace, name } of tasks) this.expect({ namespace, name, ...end });
    await this.#insert(tasks, AbortSignal.timeout(60_000));
  }

  /** Submits no more; resolves when the last row is in. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#submitting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#connection?.destroy();
  }

  async #submitSteadily(everyMs: number): Promise<void> {
    const { namespaces, untouched, random } = this.#options;
    const { signal } = this.#end;
    while (!signal.aborted) {
      this.#count += 1;
      const namespace = namespaces[this.#count % namespaces.length] ?? '';
      const { life, status } = scripts[random.between(0, scripts.length - 1)] ?? scripts[0];
      const task = aNewTask({ namespace, name: `load-${this.#count}`, info: anInfo({ life }) });
      if (!(await this.#insert([task], signal))) return;
      this.expect({ namespace, name: task.name, status, isUntouched: untouched.has(namespace) });
      await sleep(everyMs, undefined, { signal }).catch(() => {}); // the end of the load is no failure
    }
  }

  /** False when the signal came first; the rows may be in even so. */
  async #insert(tasks: readonly NewTask[], signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      try {
        this.#connection ??= await this.#options.connect();
        await insertTasks(this.#connection, tasks);
        return true;
      } catch (error) {
        // The answer to an earlier try was lost.
        if (error instanceof Error && 'errno' in error && error.errno === duplicateErrno) return true;
        this.#connection?.destroy();
        this.#connection = undefined;
        await sleep(100);
      }
    }
    return false;
  }
}
