import type { Cluster } from './cluster.ts';

/** Lets a namespace have no Jobs at all, or takes that back. */
export async function closeForJobs({ kubectl }: Cluster, namespace: string): Promise<void> {
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'no-jobs', namespace } };
  await kubectl(['apply', '-f', '-'], JSON.stringify({ ...quota, spec: { hard: { 'count/jobs.batch': '0' } } }));
}

export async function openForJobs({ kubectl }: Cluster, namespace: string): Promise<void> {
  await kubectl(['delete', 'resourcequota', 'no-jobs', '-n', namespace]);
}
