import { isIPv6 } from 'node:net';
import type { ConfigFault } from './setting.ts';

/** How the API server and the credentials for it are found. */
export type KubernetesAccess =
  | { readonly source: 'kubeconfig'; readonly path: string }
  /** By the service account of the own pod; `server` is the API server's address. */
  | { readonly source: 'in-cluster'; readonly server: string };

export const kubernetesSources = ['kubeconfig', 'in-cluster'] as const;

/** The access that the settings choose, or what keeps them from it. */
export type ChosenAccess = KubernetesAccess | { readonly fault: ConfigFault };

/** What was given that decides the access. */
export interface AccessHints {
  readonly source: KubernetesAccess['source'] | undefined;
  /** KUBECONFIG. */
  readonly kubeconfigPath: string | undefined;
  /** KUBERNETES_SERVICE_HOST, which Kubernetes sets in every container. */
  readonly serviceHost: string | undefined;
  /** KUBERNETES_SERVICE_PORT, likewise. */
  readonly servicePort: string | undefined;
}

/**
 * Chooses between a kubeconfig file and the service account of the own pod.
 *
 * Never a guess such as localhost: a service that writes to the wrong cluster is worse than one that does not start.
 */
export function chooseKubernetesAccess(hints: AccessHints): ChosenAccess {
  const { kubeconfigPath, serviceHost, servicePort = '443' } = hints;
  const source = hints.source ?? (kubeconfigPath !== undefined ? 'kubeconfig' : serviceHost && 'in-cluster');
  if (source === 'kubeconfig') {
    return kubeconfigPath === undefined
      ? fault('KUBECONFIG', 'the path of a kubeconfig file, because NIGHTWATCH_KUBERNETES is kubeconfig')
      : { source, path: kubeconfigPath };
  }
  if (source === 'in-cluster' && serviceHost) {
    return { source, server: `https://${isIPv6(serviceHost) ? `[${serviceHost}]` : serviceHost}:${servicePort}` };
  }
  const allowed = `one of ${kubernetesSources.join(', ')}: with kubeconfig set KUBECONFIG too; in-cluster works only in a pod, where KUBERNETES_SERVICE_HOST is set`;
  return fault('NIGHTWATCH_KUBERNETES', allowed, hints.source);
}

function fault(name: string, allowed: string, given?: string): ChosenAccess {
  return { fault: { name, given, allowed, where: 'environment', problem: undefined } };
}
