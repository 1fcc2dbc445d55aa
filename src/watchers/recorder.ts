import type { Term } from '../leader/term.ts';
import type { Logger } from '../log.ts';
import type { LogWrite } from '../store/attempt-store.ts';
import type { TaskStore } from '../store/task-store.ts';
import type {
  AttemptKey,
  CreatedWrite,
  DetailWrite,
  EndWrite,
  ProgressWrite,
  RetryWrite,
  WaitWrite,
} from '../store/task-writes.ts';
import { Flusher } from './flusher.ts';

/** Brings what a term learns about attempts into their rows; each kind of write waits only for its own. */
export interface Recorder {
  readonly created: Flusher<CreatedWrite>;
  readonly released: Flusher<AttemptKey>;
  readonly resumed: Flusher<AttemptKey>;
  readonly waiting: Flusher<WaitWrite>;
  readonly progress: Flusher<ProgressWrite>;
  readonly ended: Flusher<EndWrite>;
  readonly retried: Flusher<RetryWrite>;
  readonly detail: Flusher<DetailWrite>;
  readonly logs: Flusher<LogWrite>;
  /** Attempts that have ended, of which it is still being found out how: their end is written soon. */
  readonly concluding: Set<string>;
  /** Why some kinds of writes cannot be made now; empty when all can. */
  readonly troubles: readonly string[];
  /** Whether this attempt has ended, only its row does not say so yet. */
  isEnding(attemptId: string): boolean;
  /** Whether any write about this attempt is still under way. */
  isPending(attemptId: string): boolean;
  /** Resolves when everything has been written that can be. */
  drain(): Promise<void>;
}

/** Nobody waits for a log as for a status: fewer and larger batches. */
const logSpacingMs = 100;

export function createRecorder(store: TaskStore, term: Term, log: Logger): Recorder {
  const created = new Flusher<CreatedWrite>({ kind: 'created', term, log, write: store.recordCreated });
  const released = new Flusher<AttemptKey>({ kind: 'released', term, log, write: store.recordReleased });
  const resumed = new Flusher<AttemptKey>({ kind: 'resumed', term, log, write: store.recordResumed });
  const waiting = new Flusher<WaitWrite>({ kind: 'waiting', term, log, write: store.recordWaiting });
  const progress = new Flusher<ProgressWrite>({
    ...{ kind: 'progress', term, log },
    write: store.recordProgress,
    replacesEarlier: true,
  });
  const ended = new Flusher<EndWrite>({ kind: 'ended', term, log, write: store.recordEnd, weightOf: weightOfEnd });
  const retried = new Flusher<RetryWrite>({
    kind: 'retried',
    term,
    log,
    write: store.recordRetry,
    weightOf: weightOfEnd,
  });
  const detail = new Flusher<DetailWrite>({ kind: 'detail', term, log, write: store.recordDetail });
  const logs = new Flusher<LogWrite>({
    ...{ kind: 'log', term, log, write: store.storeLog },
    weightOf: weightOfLog,
    spacingMs: logSpacingMs,
    insteadOf: withoutText,
  });
  const concluding = new Set<string>();
  const all = [created, released, resumed, waiting, progress, ended, retried, detail, logs];
  return {
    created,
    released,
    resumed,
    waiting,
    progress,
    ended,
    retried,
    detail,
    logs,
    concluding,
    get troubles() {
      return all.map(({ trouble }) => trouble).filter((trouble) => trouble !== undefined);
    },
    isEnding: (attemptId) => concluding.has(attemptId) || ended.isPending(attemptId) || retried.isPending(attemptId),
    isPending: (attemptId) => concluding.has(attemptId) || all.some((flusher) => flusher.isPending(attemptId)),
    async drain() {
      await Promise.all(all.map((flusher) => flusher.drain()));
    },
  };
}

/** Otherwise a log that can never be stored would be read and refused again and again. */
function withoutText(write: LogWrite, error: unknown): LogWrite | undefined {
  if (write.text === undefined) return undefined;
  const detail = error instanceof Error ? error.message : String(error);
  return { ...write, text: undefined, isCut: false, note: `there is no log: the database refuses it: ${detail}` };
}

/** It is written twice in one packet, with its message: into what is kept of the attempt, and into the row. */
function weightOfEnd(): number {
  return 2;
}

/** So that a statement has two megabytes at most, or one log: servers take no longer ones than 16 by default. */
function weightOfLog({ text = '' }: LogWrite): number {
  return 1 + text.length / 4_000;
}
