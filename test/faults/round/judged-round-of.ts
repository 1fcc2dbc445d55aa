import { z } from 'zod';
import { installationLabel } from '../../../src/task/labels.ts';
import type { Cluster } from '../../support/cluster.ts';
import type { Bounds, JudgedRound, RemainingJob } from '../checker/judged-round.ts';
import { readJobHistory } from '../history/job-history.ts';
import { readRowHistory } from '../history/row-history.ts';
import type { Round } from './round.ts';

export interface JudgedBy {
  readonly installationId: string;
  readonly lastFaultAtMs: number;
  readonly bounds: Bounds;
}

/** Gathers all that is known of a round so far, from outside nightwatch. */
export async function judgedRound(round: Round, { installationId, ...given }: JudgedBy): Promise<JudgedRound> {
  const { system, installation, load, explained } = round;
  // A connection of its own: a fault may have cut the others.
  const connection = await installation.connect();
  try {
    const { rows, attempts, leaders } = await readRowHistory(connection);
    const jobs = readJobHistory(await system.cluster.auditedJobRequests());
    const remaining = (
      await Promise.all(installation.namespaces.map((namespace) => remainingJobs(system.cluster, namespace)))
    ).flat();
    const { expectations } = load;
    return {
      ...given,
      installation: installationId,
      rows,
      attempts,
      leaders,
      jobs,
      remaining,
      expectations,
      explained,
    };
  } finally {
    connection.destroy();
  }
}

const jobs = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        namespace: z.string(),
        uid: z.string(),
        labels: z.record(z.string(), z.string()).default({}),
      }),
    }),
  ),
});

async function remainingJobs({ kubectl }: Cluster, namespace: string): Promise<readonly RemainingJob[]> {
  const text = await kubectl(['get', '--raw', `/apis/batch/v1/namespaces/${namespace}/jobs`]);
  return jobs.parse(JSON.parse(text)).items.map(({ metadata }) => ({
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    installation: metadata.labels[installationLabel],
  }));
}
