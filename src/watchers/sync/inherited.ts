import { randomBytes } from 'node:crypto';
import type { FindOutcome } from '../../executors/executor.ts';
import type { InheritedRow, InheritedWrite } from '../../store/task-store.ts';
import type { JobView } from '../../task/job-view.ts';
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

  constructor(options: InheritedOptions) {
    this.#options = options;
  }

  async look(): Promise<void> {
    const { attempts, term } = this.#options;
    if (performance.now() >= this.#searchAtMs && (await this.#takeOver()))
      this.#searchAtMs = performance.now() + searchEveryMs;
    const byNamespace = Map.groupBy(
      [...attempts.values()].filter(({ isInherited }) => isInherited),
      ({ namespace }) => namespace,
    );
    for (const [namespace, followed] of byNamespace) if (term.canAct()) await this.#follow(namespace, followed);
  }

  /** True when nothing is left to be taken over. */
  async #takeOver(): Promise<boolean> {
    const { store, namespaces, term, log } = this.#options;
    const rows = (await store.listInherited(pageSize)).filter(({ namespace }) => namespaces.includes(namespace));
    if (rows.length === 0) return true;
    const writes: InheritedWrite[] = [];
    for (let first = 0; first < rows.length && term.canAct(); first += looksInFlight) {
      const found = await Promise.all(rows.slice(first, first + looksInFlight).map((row) => this.#find(row)));
      writes.push(...found.filter((write) => write !== undefined));
    }
    const missing = writes.filter(({ jobUid }) => jobUid === undefined);
    const isBraked = this.#options.verdicts.isTooMany(missing.length, rows.length);
    if (isBraked)
      log.error(
        { missing: missing.length, open: rows.length },
        'too many inherited rows have no job, none is failed for it',
      );
    const accepted = isBraked ? writes.filter(({ jobUid }) => jobUid !== undefined) : writes;
    if (!term.canAct()) return false;
    const written = await store.recordInherited(term.epoch, accepted);
    if (written.result === 'fenced') term.end('the database has a newer epoch');
    log.info(
      { followed: accepted.length - (isBraked ? 0 : missing.length), missing: missing.length },
      'took over rows of the system before this one',
    );
    for (const { taskId } of accepted) await this.#followRow(taskId);
    return isBraked || accepted.length < pageSize;
  }

  async #followRow(taskId: string): Promise<void> {
    const { store, attempts } = this.#options;
    const row = await store.readOpen(taskId);
    if (row?.isInherited)
      attempts.follow(row, { ...row, state: { status: 'Pending', reason: row.reason, message: undefined } });
  }

  async #find(row: InheritedRow): Promise<InheritedWrite | undefined> {
    const { executor, term } = this.#options;
    const found: FindOutcome = await executor.find(row.namespace, row.name, term.ended);
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
    const { executor, verdicts, term } = this.#options;
    const byUid = new Map<string, JobView>();
    for await (const jobs of executor.list(namespace, term.ended)) for (const job of jobs) byUid.set(job.uid, job);
    for (const attempt of followed) {
      const job = byUid.get(attempt.jobUid ?? '');
      if (job) followJob(this.#options, attempt, job);
    }
    verdicts.listed(
      `${namespace}, inherited`,
      followed.filter(({ jobUid }) => !byUid.has(jobUid ?? '')),
    );
  }
}
