import { createDispatch, type DispatchOptions } from '../../../src/watchers/dispatch/dispatch.ts';
import { ObservationState } from '../../../src/watchers/sync/observation-state.ts';
import { eventually } from '../../support/eventually.ts';
import type { TaskRow } from '../../support/memory-database.ts';
import { aTermContext, type ContextOptions } from '../../support/term-context.ts';

/** The dispatch watcher in a term of its own; its passes are the test's. */
export async function aDispatch({
  createLeaseMs = 30_000,
  createsInFlight = 64,
  ...options
}: Partial<DispatchOptions> & ContextOptions = {}) {
  const context = await aTermContext(options);
  const { database, term } = context;
  let wakes = 0;
  const state = new ObservationState();
  const times = { intervalMs: 10, createLeaseMs, createDeadlineMs: 3_600_000 };
  const dispatch = createDispatch({ ...times, createsInFlight, state });
  const run = dispatch.begin(context, () => {
    wakes += 1;
  });
  return {
    ...{ context, database, run, state },
    cluster: context.cluster,
    pass: () => run.run(term.ended),
    wakes: () => wakes,
    insert(count: number, overrides: Partial<TaskRow> = {}, firstId = 1): void {
      for (let id = firstId; id < firstId + count; id += 1) database.insert({ taskId: String(id), ...overrides });
    },
    /** The ids of the rows that were to be claimed, statement by statement. */
    claims: (name: 'claimNormal' | 'claimDue' = 'claimNormal') =>
      database.statements.flatMap((statement) => (statement.name === name ? [statement.taskIds] : [])),
    launched: () => context.cluster.launched.map(({ taskId }) => taskId),
    /** Waits until so many were launched and all is written. */
    async untilLaunched(count: number): Promise<void> {
      await eventually(() => context.cluster.launched.length >= count, `${count} are launched`);
      await new Promise(setImmediate);
      await context.recorder.drain();
    },
    async [Symbol.asyncDispose]() {
      await run[Symbol.asyncDispose]();
      await context[Symbol.asyncDispose]();
    },
  };
}
