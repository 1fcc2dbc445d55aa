import { namespaceFault, objectNameFault } from '../task/names.ts';
import { isOfCluster, maximumLogBytes, podSecurityLevels } from '../task/policy.ts';
import { cpuMillicores, formatBytes, quantityBytes } from '../task/quantity.ts';
import { listOf, mapOf, matching, oneOf, textKind } from './kinds.ts';
import type { Kind } from './setting.ts';

const namespace: Kind<string> = textKind("the name of a namespace, never 'kube-…'", (text) => {
  // Those of the cluster itself: a row that ran there could take over the cluster.
  if (isOfCluster(text)) return { result: 'invalid', problem: 'namespaces of the cluster itself are never allowed' };
  const problem = namespaceFault(text);
  return problem === undefined ? { result: 'valid', value: text } : { result: 'invalid', problem };
});

const serviceAccount: Kind<string> = textKind('the name of a service account', (text) => {
  const problem = objectNameFault(text);
  return problem === undefined ? { result: 'valid', value: text } : { result: 'invalid', problem };
});

const imagePattern = matching(
  /^[A-Za-z0-9._:/@*-]{1,512}$/,
  'an image or a pattern such as registry.example.com/team/*',
);

export const namespaces = listOf(namespace, 1, 1_000);
export const lostNamespaces = listOf(namespace, 0, 1_000);
export const imagePatterns = listOf(imagePattern, 1, 1_000);
export const serviceAccounts = listOf(serviceAccount, 0, 1_000);
export const podSecurity = mapOf(',', namespace, oneOf(podSecurityLevels));

/** Thousandths of a core. */
export const cpu = positive("an amount of cpu such as '500m' or '4'", cpuMillicores);
/** Bytes. */
export const memory = positive("an amount of memory such as '512Mi' or '8Gi'", quantityBytes);
/** Bytes; 0 for nothing. */
export const logBytes: Kind<number> = textKind(
  `an amount of bytes such as '64Ki', from 0 to ${formatBytes(maximumLogBytes)}`,
  (text) => {
    const amount = quantityBytes(text);
    return amount !== undefined && amount <= maximumLogBytes
      ? { result: 'valid', value: amount }
      : { result: 'invalid' };
  },
);

function positive(allowed: string, read: (text: string) => number | undefined): Kind<number> {
  return textKind(allowed, (text) => {
    const amount = read(text);
    return amount !== undefined && amount > 0 ? { result: 'valid', value: amount } : { result: 'invalid' };
  });
}
