import assert from 'node:assert/strict';
import { z } from 'zod';
import { hasEnded, type JobView, readJob } from '../../../src/task/job-view.ts';
import { type ApiClient, createApiClient } from '../../support/api-client.ts';
import { patiently } from './patience.ts';
import type { Round } from './round.ts';

export interface JobsOf {
  readonly prefix: string;
  /** How many there have to be. */
  readonly count: number;
}

/** Waits until there are so many Jobs whose name begins so, whatever the rows say. */
export async function untilJobs(round: Round, { prefix, count }: JobsOf): Promise<void> {
  await untilSo(round, `there are ${count} Jobs '${prefix}…'`, (jobs) => {
    assert.equal(jobs.filter(({ name }) => name.startsWith(prefix)).length, count);
  });
}

/** Waits until so many Jobs whose name begins so have ended, whatever the rows say. */
export async function untilJobsEnded(round: Round, { prefix, count }: JobsOf): Promise<void> {
  await untilSo(round, `${count} Jobs '${prefix}…' have ended`, (jobs) => {
    assert.equal(jobs.filter((job) => job.name.startsWith(prefix) && hasEnded(job)).length, count);
  });
}

async function untilSo(
  { namespace, system }: Round,
  what: string,
  assertSo: (jobs: readonly JobView[]) => void,
): Promise<void> {
  await using client = createApiClient(system.cluster.controlPlane.access, 1);
  await patiently(what, async () => assertSo(await readJobs(client, namespace)));
}

const list = z.object({ items: z.array(z.unknown()) });

async function readJobs(client: ApiClient, namespace: string): Promise<readonly JobView[]> {
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const { body } = await client.call({ method: 'GET', path, signal: AbortSignal.timeout(10_000) });
  return list
    .parse(body)
    .items.map(readJob)
    .filter((job) => job !== undefined);
}
