import type { Term } from '../leader/term.ts';
import type { Logger } from '../log.ts';
import type { TaskStore } from '../store/task-store.ts';
import type { AttemptKey, CreatedWrite, EndWrite, ProgressWrite, WaitWrite } from '../store/task-writes.ts';
import { Flusher } from './flusher.ts';

/** Brings what a term learns about attempts into their rows; each kind of write waits only for its own. */
export interface Recorder {
  readonly created: Flusher<CreatedWrite>;
  readonly released: Flusher<AttemptKey>;
  readonly waiting: Flusher<WaitWrite>;
  readonly progress: Flusher<ProgressWrite>;
  readonly ended: Flusher<EndWrite>;
  /** Why some kinds of writes cannot be made now; empty when all can. */
  readonly troubles: readonly string[];
  /** Whether any write about this attempt is still under way. */
  isPending(attemptId: string): boolean;
  /** Resolves when everything has been written that can be. */
  drain(): Promise<void>;
}

export function createRecorder(store: TaskStore, term: Term, log: Logger): Recorder {
  const created = new Flusher<CreatedWrite>({ kind: 'created', term, log, write: store.recordCreated });
  const released = new Flusher<AttemptKey>({ kind: 'released', term, log, write: store.recordReleased });
  const waiting = new Flusher<WaitWrite>({ kind: 'waiting', term, log, write: store.recordWaiting });
  const progress = new Flusher<ProgressWrite>({
    ...{ kind: 'progress', term, log },
    write: store.recordProgress,
    replacesEarlier: true,
  });
  const ended = new Flusher<EndWrite>({ kind: 'ended', term, log, write: store.recordEnd });
  const all = [created, released, waiting, progress, ended];
  return {
    created,
    released,
    waiting,
    progress,
    ended,
    get troubles() {
      return all.map(({ trouble }) => trouble).filter((trouble) => trouble !== undefined);
    },
    isPending: (attemptId) => all.some((flusher) => flusher.isPending(attemptId)),
    async drain() {
      await Promise.all(all.map((flusher) => flusher.drain()));
    },
  };
}
