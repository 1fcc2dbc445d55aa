import { randomBytes } from 'node:crypto';
import type { FindOutcome } from '../../executors/executor.ts';
import type { InheritedRow, InheritedWrite } from '../../store/task-writes.ts';
import type { JobView } from '../../task/job-view.ts';
import { jobNameFault } from '../../task/names.ts';
import { reasons } from '../../task/reasons.ts';
import type { FollowedAttempt } from '../open-attempts.ts';
import type { TermContext } from '../watcher.ts';
import { followJob } from './follow-job.ts';
import type { Verdicts } from './verdicts.ts';

export interface InheritedOptions extends TermContext {
  readonly namespaces: readonly string[];
  readonly verdicts: Verdicts;
}

const pageSize = 200;
const looksInFlight = 4;
/** Such rows only come with a database that is taken over, so they are looked for at a term's start and seldom after. */
const searchEveryMs = 10 * 60_000;

/**
 * Rows that the system before this one left open, and their Jobs, which carry no labels.
 *
 * Each Job is found by name once and recorded by uid; from then on one list per namespace tells how all of them are.
 */
export class Inherited {
  readonly #options: InheritedOptions;
  #searchAtMs = 0;
  #after: string | undefined;

  constructor(options: InheritedOptions) {
    this.#options = options;
  }

  async look(): Promise<void> {
    const { attempts, namespaces, term } = this.#options;
    if (performance.now() >= this.#searchAtMs && (await this.#takeOver()) === 'done') {
      this.#searchAtMs = performance.now() + searchEveryMs;
    }
    // Of a namespace that is not allowed nothing is asked, whatever stands in a row.
    const inherited = [...attempts.values()].filter(
      ({ isInherited, namespace }) => isInherited && namespaces.includes(namespace),
    );
    const byNamespace = Map.groupBy(inherited, ({ namespace }) => namespace);
    for (const [namespace, followed] of byNamespace) if (term.canAct()) await this.#follow(namespace, followed);
  }

  async #takeOver(): Promise<'done' | 'more'> {
    const { store, namespaces, verdicts, term, log } = this.#options;
    const rows = await store.listInherited(namespaces, pageSize, this.#after);
    // Page by page, so that rows which stay as they are hide none behind them.
    this.#after = rows.length === pageSize ? rows.at(-1)?.taskId : undefined;
    const writes: InheritedWrite[] = [];
    for (let first = 0; first < rows.length && term.canAct(); first += looksInFlight) {
      const found = await Promise.all(rows.slice(first, first + looksInFlight).map((row) => this.#find(row)));
      writes.push(...found.filter((write) => write !== undefined));
    }
    const withJob = writes.filter(({ jobUid }) => jobUid !== undefined);
    const missing = writes.length - withJob.length;
    const isBraked = verdicts.isTooMany(missing, rows.length);
    if (isBraked)
      log.error({ missing, open: rows.length }, 'too many inherited rows have no job, none is failed for it');
    const accepted = isBraked ? withJob : writes;
    const isMore = rows.length === pageSize || writes.length < rows.length;
    if (accepted.length === 0 || !term.canAct()) return isMore ? 'more' : 'done';
    const written = await store.recordInherited(term.epoch, accepted);
    if (written.result === 'fenced') {
      term.end('the database has a newer epoch');
      return 'done';
    }
    log.info({ rows: accepted.length, withJob: withJob.length }, 'took over rows of the system before this one');
    for (const { taskId } of accepted) await this.#followRow(taskId);
    return isMore || written.passedOver.length > 0 ? 'more' : 'done';
  }

  async #followRow(taskId: string): Promise<void> {
    const { store, attempts } = this.#options;
    const row = await store.readOpen(taskId);
    if (row?.isInherited) attempts.takeUp(row);
  }

  async #find(row: InheritedRow): Promise<InheritedWrite | undefined> {
    const { executor, term } = this.#options;
    const isLookable = jobNameFault(row.name) === undefined;
    const found: FindOutcome = isLookable
      ? await executor.find(row.namespace, row.name, term.ended)
      : { result: 'missing' };
    if (found.result === 'unknown') return undefined; // asked again with the next search
    const attemptId = `${randomBytes(10).toString('hex').slice(0, 19)}-${BigInt(row.taskId).toString(16).padStart(16, '0')}`;
    return {
      ...row,
      attemptId,
      jobUid: found.result === 'found' ? found.job.uid : undefined,
      reason: 'JobDeleted',
      message: reasons.JobDeleted,
    };
  }

  async #follow(namespace: string, followed: readonly FollowedAttempt[]): Promise<void> {
    const { verdicts } = this.#options;
    const byUid = await this.#list(namespace);
    if (!byUid) return;
    for (const attempt of followed) {
      const job = byUid.get(attempt.jobUid ?? '');
      if (job) followJob(this.#options, attempt, job);
    }
    verdicts.listed(
      `${namespace}, inherited`,
      followed.filter(({ jobUid }) => !byUid.has(jobUid ?? '')),
    );
  }

  /** Undefined when the namespace cannot be listed: nothing is known of its Jobs then, and the others go on. */
  async #list(namespace: string): Promise<ReadonlyMap<string, JobView> | undefined> {
    const { executor, term, log } = this.#options;
    const byUid = new Map<string, JobView>();
    try {
      for await (const jobs of executor.list(namespace, term.ended)) for (const job of jobs) byUid.set(job.uid, job);
      return byUid;
    } catch (error) {
      if (term.ended.aborted) throw error;
      log.warn({ err: error, namespace }, 'jobs of the system before this one cannot be listed');
      return undefined;
    }
  }
}
