import type { Cluster } from './cluster.ts';
import { until } from './until.ts';

/** Those that are not going already. */
const stayingPods = '{{range .items}}{{if not .metadata.deletionTimestamp}}{{.metadata.name}}{{"\\n"}}{{end}}{{end}}';

/**
 * Ends the pods of a Job whose script lets them hang, so that a test decides when.
 *
 * Waits until there are some: what a Job says of them may be older than they are, right after it was held or resumed.
 */
export async function endPods(
  { kubectl }: Cluster,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  phase: 'Succeeded' | 'Failed' = 'Succeeded',
): Promise<void> {
  const list = ['get', 'pods', '-n', namespace, '-l', `job-name=${name}`, `--output=go-template=${stayingPods}`];
  const pods = await until(`Job ${name} has pods`, async () => {
    const staying = (await kubectl(list)).split('\n').filter((pod) => pod !== '');
    if (staying.length === 0) throw new Error('it has none that stay');
    return staying;
  });
  const patch = JSON.stringify({ status: { phase } });
  for (const pod of pods) {
    await kubectl(['patch', 'pod', pod, '-n', namespace, '--subresource=status', '--type=merge', '-p', patch]);
  }
}
