import { z } from 'zod';
import type { Kubectl } from '../support/kubectl.ts';

// All that a chart like this one may have.
const kinds = [
  ...['configmap', 'cronjob', 'deployment', 'ingress', 'job', 'networkpolicy', 'poddisruptionbudget'],
  ...['role', 'rolebinding', 'secret', 'service', 'serviceaccount', 'clusterrole', 'clusterrolebinding'],
  ...['validatingadmissionpolicy', 'validatingadmissionpolicybinding'],
];

const found = z.object({
  items: z.array(
    z.object({ kind: z.string(), metadata: z.object({ name: z.string(), namespace: z.string().default('') }) }),
  ),
});

/** The objects that carry a label, each as `Kind namespace/name`, in order; no pods, which come and go. */
export async function objectsWith(kubectl: Kubectl, label: string): Promise<readonly string[]> {
  const { items } = found.parse(JSON.parse(await kubectl(['get', kinds.join(','), '-A', '-l', label, '-o', 'json'])));
  return items.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`).toSorted();
}
