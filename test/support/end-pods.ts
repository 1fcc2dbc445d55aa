import type { Cluster } from './cluster.ts';

/** Ends the pods of a Job whose script lets them hang, so that a test decides when. */
export async function endPods(
  { kubectl }: Cluster,
  job: { readonly namespace: string; readonly name: string },
  phase: 'Succeeded' | 'Failed' = 'Succeeded',
): Promise<void> {
  const selector = ['-n', job.namespace, '-l', `job-name=${job.name}`];
  const names = (await kubectl(['get', 'pods', ...selector, '-o', 'name'])).split('\n').filter((name) => name !== '');
  if (names.length === 0) throw new Error(`Job ${job.name} has no pods`);
  const patch = JSON.stringify({ status: { phase } });
  for (const name of names) {
    await kubectl(['patch', name, '-n', job.namespace, '--subresource=status', '--type=merge', '-p', patch]);
  }
}
