import { hasEnded, type JobView } from '../../task/job-view.ts';
import { judgeJob } from '../../task/judge-job.ts';
import type { RowIdentity } from '../../task/task.ts';
import type { TermContext } from '../watcher.ts';

export interface StraysOptions extends TermContext {
  readonly orphans: 'keep' | 'delete';
  /** Tells of a Job again whose attempt is followed now. */
  readonly tellAgain: (job: JobView) => void;
}

const batchSize = 500;
const shortestRestMs = 1_000;
const longestRestMs = 60_000;

interface Rest {
  readonly untilMs: number;
  /** How long it is left alone when the next try comes to nothing, too. */
  readonly nextMs: number;
}

/**
 * Jobs of this installation that are not the recorded one of an attempt that is followed.
 *
 * Most are the ended Jobs of ended rows. Leftovers are removed, by uid and only after their row was read again; orphans
 * are kept and counted, for a restored database must not kill work.
 */
export class Strays {
  readonly #options: StraysOptions;
  /** By uid, as seen last. */
  readonly #seen = new Map<string, JobView>();
  readonly #orphans = new Set<string>();
  /** By uid, of Jobs whose removal came to nothing: without that right there may be thousands, for as long as it lacks. */
  readonly #resting = new Map<string, Rest>();

  constructor(options: StraysOptions) {
    this.#options = options;
  }

  /** Jobs that run and that no row carries. */
  get orphanCount(): number {
    return this.#orphans.size;
  }

  add(job: JobView): void {
    this.#seen.set(job.uid, job);
  }

  gone(job: JobView): void {
    this.#seen.delete(job.uid);
    this.#orphans.delete(job.uid);
    this.#resting.delete(job.uid);
  }

  /** Judges those seen since the last look. */
  async look(): Promise<void> {
    const { store, term } = this.#options;
    await this.#findAbandoned();
    // Only those that are there now: what is put back waits for the next look.
    const nowMs = performance.now();
    const seen = [...this.#seen.values()].filter(({ uid }) => (this.#resting.get(uid)?.untilMs ?? 0) <= nowMs);
    for (let first = 0; first < seen.length && term.canAct(); first += batchSize) {
      const jobs = seen.slice(first, first + batchSize);
      const taskIds = new Set(jobs.flatMap(({ labels }) => (isTaskId(labels.taskId) ? [labels.taskId] : [])));
      const rows = new Map((await store.readIdentities([...taskIds])).map((row) => [row.taskId, row]));
      for (const job of jobs) {
        if (this.#seen.get(job.uid) === job) this.#seen.delete(job.uid);
        await this.#judge(job, rows.get(job.labels.taskId ?? ''));
      }
    }
  }

  /** No event may come for a long time of a Job whose row was deleted under it. */
  async #findAbandoned(): Promise<void> {
    const { attempts, executor, term } = this.#options;
    for (const { namespace, jobName, jobUid } of attempts.takeAbandoned()) {
      if (!term.canAct()) return;
      const found = await executor.find(namespace, jobName, term.ended);
      if (found.result === 'found' && found.job.uid === jobUid) this.add(found.job);
    }
  }

  async #judge(job: JobView, row: RowIdentity | undefined): Promise<void> {
    const { attempts, recorder, orphans, tellAgain } = this.#options;
    const ownership = judgeJob(job, row);
    switch (ownership) {
      case 'recorded':
      case 'former':
        return;
      case 'adoptable':
        if (!row || recorder.isPending(row.attemptId)) return;
        attempts.follow(row, { ending: row.ending });
        tellAgain(job);
        return;
      case 'leftover':
        await this.#remove(job, ownership);
        return;
      case 'orphan':
        if (orphans === 'delete') await this.#remove(job, ownership);
        else this.#report(job);
        return;
      default:
        ownership satisfies never;
    }
  }

  async #remove(job: JobView, ownership: 'leftover' | 'orphan'): Promise<void> {
    const { executor, term, log } = this.#options;
    if (job.deleting || !term.canAct()) return;
    const outcome = await executor.remove(job, term.ended);
    log.warn(
      { namespace: job.namespace, job: job.name, uid: job.uid, ownership, outcome: outcome.result },
      'removed a job that no row needs',
    );
    // What came in between, the next event or list tells of; an unknown outcome is looked at again.
    if (outcome.result === 'unknown') this.#lookLater(job);
    else this.#resting.delete(job.uid);
  }

  #lookLater(job: JobView): void {
    const restMs = this.#resting.get(job.uid)?.nextMs ?? shortestRestMs;
    const untilMs = performance.now() + restMs * (1 - Math.random() / 2);
    this.#resting.set(job.uid, { untilMs, nextMs: Math.min(restMs * 2, longestRestMs) });
    this.#seen.set(job.uid, job);
  }

  #report(job: JobView): void {
    if (hasEnded(job)) this.#orphans.delete(job.uid);
    if (hasEnded(job) || this.#orphans.has(job.uid)) return;
    this.#orphans.add(job.uid);
    this.#options.log.warn(
      { namespace: job.namespace, job: job.name, uid: job.uid, task: job.labels.taskId },
      'a job runs that no row carries, it is kept',
    );
  }
}

function isTaskId(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,20}$/.test(text);
}
