import type { V1PodSecurityContext, V1SecurityContext } from '@kubernetes/client-node';
import type { PodSecurityLevel } from './policy.ts';

/** The security contexts of a pod and of its container; undefined where nightwatch sets none. */
export interface SecurityContexts {
  readonly pod: V1PodSecurityContext | undefined;
  readonly container: V1SecurityContext | undefined;
}

/**
 * Makes pods pass the level of the Pod Security Standards that their namespace is configured for.
 *
 * `restricted` runs as the given user whatever the image says: most images name root or nobody by name, which a
 * kubelet refuses under runAsNonRoot. No fsGroup, for task pods have no volumes. `baseline` keeps the image's own user.
 * `privileged` leaves everything to the image and the cluster.
 */
export function securityContexts(level: PodSecurityLevel, runAsUser: number): SecurityContexts {
  const seccompProfile = { type: 'RuntimeDefault' };
  switch (level) {
    case 'restricted':
      return {
        pod: { runAsNonRoot: true, runAsUser, runAsGroup: runAsUser, seccompProfile },
        container: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      };
    case 'baseline':
      return { pod: { seccompProfile }, container: { allowPrivilegeEscalation: false } };
    case 'privileged':
      return { pod: undefined, container: undefined };
  }
}
