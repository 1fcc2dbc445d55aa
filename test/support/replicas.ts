import assert from 'node:assert/strict';
import type { NightwatchOptions, NightwatchProcess } from './nightwatch-process.ts';
import type { Installation } from './running-system.ts';
import { until } from './until.ts';

/** A replica of nightwatch that logs, audit entries and the `leader` table tell from others by its name. */
export interface Replica extends NightwatchProcess {
  readonly name: string;
}

/** Starts a replica under a name; resolves when it answers, whether it leads or not. */
export async function startReplica(
  installation: Installation,
  name: string,
  options: Partial<NightwatchOptions> = {},
): Promise<Replica> {
  const settings = { ...options.settings, NIGHTWATCH_REPLICA: name };
  const nightwatch = await installation.start({ until: 'up', ...options, settings });
  return { ...nightwatch, name };
}

/** The epoch that a replica leads with by its own word; undefined while it does not, or does not answer. */
export async function epochOf({ readyz }: NightwatchProcess): Promise<number | undefined> {
  // One that was killed, paused or is too busy says nothing: it does not lead as far as anybody can tell.
  const text = await readyz().then(
    (answer) => answer.text,
    () => '',
  );
  const epoch = /leads, epoch (\d+)/.exec(text)?.[1];
  return epoch === undefined ? undefined : Number(epoch);
}

/** Waits until one of the replicas says that it leads, with an epoch above one unless told. */
export async function untilLeading<Some extends Replica>(
  replicas: readonly Some[],
  { above = 0, timeoutMs = 30_000 }: { readonly above?: number; readonly timeoutMs?: number } = {},
): Promise<{ readonly leader: Some; readonly epoch: number; readonly others: readonly Some[] }> {
  const what = `one of ${replicas.map(({ name }) => name).join(', ')} leads`;
  return until(
    what,
    async () => {
      const epochs = await Promise.all(replicas.map(epochOf));
      const leader = replicas.find((_, index) => (epochs[index] ?? 0) > above);
      assert.ok(leader, `epochs ${epochs.join(', ')}`);
      const epoch = epochs[replicas.indexOf(leader)] ?? 0;
      return { leader, epoch, others: replicas.filter((replica) => replica !== leader) };
    },
    timeoutMs,
  );
}
