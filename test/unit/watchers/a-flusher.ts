import type { AttemptKey, WriteResult } from '../../../src/store/task-writes.ts';
import { Flusher, type FlusherOptions } from '../../../src/watchers/flusher.ts';
import { aTerm } from '../../support/a-term.ts';
import { aMemoryLog } from '../../support/memory-log.ts';

/** A write of which only the newest value of an attempt counts. */
export interface TestWrite extends AttemptKey {
  readonly value: number;
}

export function aWrite(taskId: number | string, value = 0): TestWrite {
  return { taskId: String(taskId), attemptId: `attempt-${taskId}`, value };
}

type Answer = (writes: readonly TestWrite[]) => WriteResult<TestWrite> | Promise<WriteResult<TestWrite>>;

/** A flusher into a table of values, of which every statement is noted. */
export async function aFlusher(options: Partial<FlusherOptions<TestWrite>> = {}) {
  const memoryLog = aMemoryLog();
  const term = await aTerm({ log: memoryLog.log, epoch: 7 });
  const statements: { readonly epoch: number; readonly writes: readonly TestWrite[]; readonly atMs: number }[] = [];
  const values = new Map<string, number>();
  const held = new Set<string>();
  /** Answers the statements in the place of the table, for as long as it is set. */
  const state: { answer: Answer | undefined } = { answer: undefined };
  const apply: Answer = (writes) => {
    const passedOver = writes.filter(({ taskId }) => held.has(taskId));
    for (const { taskId, value } of writes) if (!held.has(taskId)) values.set(taskId, value);
    return { result: 'written', passedOver };
  };
  const flusher = new Flusher<TestWrite>({
    ...{ kind: 'test', term, log: memoryLog.log },
    write: async (epoch, writes) => {
      statements.push({ epoch, writes, atMs: performance.now() });
      return await (state.answer ?? apply)(writes);
    },
    ...options,
  });
  return {
    ...{ flusher, term, memoryLog, statements, values, held, apply, state },
    /** The ids of each statement. */
    batches: () => statements.map(({ writes }) => writes.map(({ taskId }) => taskId)),
    async [Symbol.asyncDispose]() {
      term.end('the test is over');
    },
  };
}
