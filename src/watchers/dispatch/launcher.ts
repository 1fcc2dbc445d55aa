import type { V1Job } from '@kubernetes/client-node';
import type { LaunchOutcome, LookOutcome } from '../../executors/executor.ts';
import { decideLaunch } from '../../task/decide-launch.ts';
import type { ClaimedTask } from '../../task/task.ts';
import type { TermContext } from '../watcher.ts';
import { ClosedNamespaces } from './closed-namespaces.ts';
import { Concurrency } from './concurrency.ts';
import { FairTurns } from './fair-turns.ts';
import { canHaveJob, findOwnJob } from './find-own-job.ts';
import { freeName, type NameOutcome } from './free-name.ts';
import { createLaunchRecords, type LaunchRecords } from './launch-records.ts';

export interface LauncherOptions extends TermContext {
  readonly createsInFlight: number;
  readonly createDeadlineMs: number;
}

/** Launches claimed attempts, as many at a time as the cluster answers well to, and records what came of each. */
export class Launcher implements AsyncDisposable {
  readonly #options: LauncherOptions;
  readonly #records: LaunchRecords;
  readonly #concurrency: Concurrency;
  readonly #turns = new FairTurns();
  readonly #queue: ClaimedTask[] = [];
  /** By attempt id, queued or in flight: a lease that runs out meanwhile must not launch it beside itself. */
  readonly #known = new Set<string>();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #closed = new ClosedNamespaces();
  #pausedUntilMs = 0;
  #isClosing: boolean = false;
  #resume: NodeJS.Timeout | undefined;

  constructor(options: LauncherOptions) {
    this.#options = options;
    this.#records = createLaunchRecords(options);
    this.#concurrency = new Concurrency(options.createsInFlight);
  }

  /** Whether a page of this size may be claimed: the queue holds at most two, and what is refused is written. */
  hasRoom(pageSize: number): boolean {
    return this.#queue.length <= pageSize && !this.#records.isBehind();
  }

  /** Whether nothing is queued or in flight. */
  get isIdle(): boolean {
    return this.#known.size === 0;
  }

  add(tasks: readonly ClaimedTask[]): void {
    for (const task of tasks) {
      if (this.#known.has(task.attemptId)) continue;
      this.#known.add(task.attemptId);
      this.#queue.push(task);
    }
    this.#start();
  }

  /** Finishes what is in flight, and gives back what was not begun, so that the next leader need not wait for its lease. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#resume);
    await Promise.all(this.#inFlight);
    const { released } = this.#options.recorder;
    for (const { taskId, attemptId } of this.#queue.splice(0)) released.add({ taskId, attemptId });
  }

  #start(): void {
    if (this.#isClosing || this.#options.term.draining.aborted) return;
    const pauseMs = this.#pausedUntilMs - performance.now();
    if (pauseMs > 0) {
      this.#resume ??= setTimeout(() => {
        this.#resume = undefined;
        this.#start();
      }, pauseMs);
      return;
    }
    while (this.#inFlight.size < this.#concurrency.limit) {
      const task = this.#queue.shift();
      if (!task || !this.#options.term.canAct()) break;
      const launch: Promise<void> = this.#launch(task).then((again) => {
        this.#inFlight.delete(launch);
        if (again) this.#queue.unshift(again);
        else this.#known.delete(task.attemptId);
        this.#start();
      });
      this.#inFlight.add(launch);
    }
  }

  /** Gives the task back when it is to be launched again at once. Never throws: the failure of one task is its own. */
  async #launch(task: ClaimedTask): Promise<ClaimedTask | undefined> {
    const { term, log } = this.#options;
    try {
      return await this.#decide(task);
    } catch (error) {
      // An ended term stops in the middle: the next leader takes the attempt up when its lease has run out.
      if (!term.ended.aborted)
        log.error(
          { err: error, task: task.taskId },
          'launch failed unexpectedly, trying again when the lease runs out',
        );
      return undefined;
    }
  }

  async #decide(task: ClaimedTask): Promise<ClaimedTask | undefined> {
    const { attempts, executor, policy, term } = this.#options;
    const seenUid = attempts.get(task.attemptId)?.jobUid;
    if (seenUid !== undefined) return this.#records.launched(task, seenUid);
    if (this.#isWithheld(task)) return await this.#withhold(task);
    const closure = this.#closed.closureOf(task.namespace);
    if (task.isRetaken && canHaveJob(task)) {
      if (closure) return this.#records.waits(task, closure);
      // Before its info is read again: what runs already is followed, whatever its user has written since.
      const outcome = await executor.look(task, term.ended);
      this.#noteStrain(outcome);
      if (outcome.result !== 'absent') return await this.#settle(task, outcome);
    }
    // A page of rows, each as costly to refuse as a row can be made, would else hold up the event loop for seconds.
    await this.#turns.take();
    if (this.#isWithheld(task)) return await this.#withhold(task);
    const decision = decideLaunch(task, policy);
    if (decision.decision === 'reject') return this.#records.rejected(task, decision);
    if (closure) return this.#records.waits(task, closure);
    if (!term.canAct()) return undefined; // it may have been long since the look
    return await this.#settle(task, await this.#create(task, decision.job));
  }

  /** It is being ended, or to be held: nothing is created for it. */
  #isWithheld({ attemptId, desired }: ClaimedTask): boolean {
    return desired === 'Suspend' || this.#options.attempts.get(attemptId)?.ending !== undefined;
  }

  async #withhold(task: ClaimedTask): Promise<ClaimedTask | undefined> {
    const { executor, policy, term } = this.#options;
    const outcome = await findOwnJob(executor, task, policy.installationId, term.ended);
    return outcome.result === 'absent' ? await this.#records.withheld(task) : await this.#settle(task, outcome);
  }

  async #create(task: ClaimedTask, job: V1Job): Promise<LaunchOutcome> {
    const { executor, term } = this.#options;
    const startedAtMs = performance.now();
    const outcome = await executor.launch(task, job, term.ended);
    const nowMs = performance.now();
    const isStrained = this.#noteStrain(outcome);
    // A failure that is not the server's, such as a webhook's, says nothing of how quick the server is.
    const isItsAnswer = outcome.result !== 'wait' || outcome.reason !== 'ApiUnavailable';
    if (!isStrained && isItsAnswer) this.#concurrency.answered(nowMs - startedAtMs, nowMs);
    return outcome;
  }

  /** Of the server's strain a look is as good a witness as a create. */
  #noteStrain(outcome: LookOutcome): boolean {
    const isStrained = outcome.result === 'throttled' || (outcome.result === 'wait' && outcome.scope === 'server');
    if (isStrained) this.#concurrency.strained(performance.now());
    return isStrained;
  }

  async #settle(task: ClaimedTask, outcome: LaunchOutcome): Promise<ClaimedTask | undefined> {
    switch (outcome.result) {
      case 'launched':
        return this.#records.launched(task, outcome.jobUid);
      case 'reject':
        return this.#records.rejected(task, outcome);
      case 'wait':
        if (outcome.scope === 'namespace') this.#closed.close(task.namespace, outcome);
        return this.#records.waits(task, outcome);
      case 'throttled':
        this.#pause(outcome.pauseMs);
        return task;
      case 'occupied':
        return this.#settleName(task, await freeName(this.#options, task, outcome.by));
      default:
        return outcome satisfies never;
    }
  }

  #settleName(task: ClaimedTask, outcome: NameOutcome): ClaimedTask | undefined {
    if (outcome.result === 'wait') return this.#records.waits(task, outcome);
    const attempt = this.#options.attempts.get(task.attemptId);
    if (attempt) attempt.jobName = outcome.jobName;
    return { ...task, jobName: outcome.jobName };
  }

  /** One pause for all: the server asked everybody to slow down, not this row. */
  #pause(pauseMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, performance.now() + pauseMs);
    this.#options.log.warn({ pauseMs, concurrency: this.#concurrency.limit }, 'the API server asks to slow down');
  }
}
