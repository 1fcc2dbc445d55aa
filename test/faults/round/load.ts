import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { countTasks } from '../../support/count-tasks.ts';
import type { SeededRandom } from '../../support/seeded-random.ts';
import { aNewTask, anInfo, type NewTask } from '../../support/task-rows.ts';
import type { Expectation } from '../checker/expectation.ts';
import { type Life, LivedRow } from './life.ts';
import { PatientUser } from './patient-user.ts';
import { usualLives } from './usual-lives.ts';

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

/** Rows of the load between two sets of lives. */
const rowsBetweenLives = 50;
/** On a slow machine rows would pile up for minutes beyond any bound: users rest while so many of theirs are unfinished. */
const mostUnfinished = 40;
const rowsBetweenCounts = 10;
/** Whoever still waits for a row then would wait for ever: the checker says for which. */
const patienceMs = 60_000;

/** Users who submit rows one by one, whatever happens, some who change their minds, and all know what each has to come to. */
export class Load implements AsyncDisposable {
  readonly #options: LoadOptions;
  /** By namespace and name. */
  readonly #expectations = new Map<string, Expectation>();
  readonly #end = new AbortController();
  readonly #disposal = new AbortController();
  readonly #submitting: Promise<void>;
  readonly #lives: Promise<void>[] = [];
  readonly #user: PatientUser;
  #count = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#user = new PatientUser(options.connect);
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
    await this.#user.insert(tasks, AbortSignal.timeout(60_000));
  }

  /** Has users submit rows `<prefix>-<kind>` and do to them what they do, until the load ends; one of each kind unless told. */
  live(prefix: string, lives: readonly Life[] = usualLives): void {
    const [namespace = ''] = this.#options.namespaces;
    this.#lives.push(...lives.map((life) => this.#live(`${prefix}-${life.kind}`, namespace, life)));
  }

  /** Submits no more; resolves when the last row is in, and all users are done. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#submitting;
    const patience = setTimeout(() => this.#disposal.abort(), patienceMs);
    await Promise.all(this.#lives);
    clearTimeout(patience);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal.abort();
    await this.stop();
    this.#user.end();
  }

  async #live(name: string, namespace: string, { task, end, act }: Life): Promise<void> {
    const { random } = this.#options;
    const signal = this.#disposal.signal;
    if (!(await this.#user.insert([aNewTask({ namespace, name, ...task() })], signal))) return;
    this.expect({ namespace, name, ...end });
    await act?.(new LivedRow({ user: this.#user, random, namespace, name, hurry: this.#end.signal, end: signal }));
  }

  async #submitSteadily(everyMs: number): Promise<void> {
    const { namespaces, untouched, random } = this.#options;
    const { signal } = this.#end;
    while (!signal.aborted) {
      if (this.#count % rowsBetweenLives === 0) this.live(`life-${this.#count / rowsBetweenLives + 1}`);
      this.#count += 1;
      const namespace = namespaces[this.#count % namespaces.length] ?? '';
      const { life, status } = scripts[random.between(0, scripts.length - 1)] ?? scripts[0];
      const task = aNewTask({ namespace, name: `load-${this.#count}`, info: anInfo({ life }) });
      if (!(await this.#user.insert([task], signal))) return;
      this.expect({ namespace, name: task.name, status, isUntouched: untouched.has(namespace) });
      do {
        await sleep(everyMs, undefined, { signal }).catch(() => {}); // the end of the load is no failure
      } while (await this.#hasEnough(signal));
    }
  }

  /** Asked now and then: so often is enough. */
  async #hasEnough(signal: AbortSignal): Promise<boolean> {
    if (this.#count % rowsBetweenCounts > 0) return false;
    const unfinished = "finished_at IS NULL AND name LIKE 'load-%'";
    return ((await this.#user.do((user) => countTasks(user, unfinished), signal)) ?? 0) > mostUnfinished;
  }
}
