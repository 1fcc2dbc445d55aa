import type { HealthCheck } from '../http/health-check.ts';
import type { Elector } from '../leader/elector.ts';
import type { LeaderLock } from '../leader/lock.ts';
import type { Term } from '../leader/term.ts';
import type { ObservationState } from '../watchers/sync/observation-state.ts';

export interface TermHealthOptions {
  readonly currentTerm: () => Term | undefined;
  readonly elector: Elector;
  readonly lock: LeaderLock;
  readonly observation: ObservationState;
}

/** What the health server says of leadership: readiness never fails by it, for a replica that waits is ready too. */
export function termHealth({ currentTerm, elector, lock, observation }: TermHealthOptions): {
  readonly liveness: readonly HealthCheck[];
  readonly readiness: readonly HealthCheck[];
} {
  const leadership: HealthCheck = {
    name: 'leadership',
    check() {
      const term = currentTerm();
      if (!term) return { ok: !elector.state.isMisconfigured, detail: elector.state.detail };
      return {
        ok: true,
        detail: `leads, epoch ${term.epoch}, term ${term.id}, ${Math.round(term.leftMs())} ms left, last renewal: ${term.lastRenewal}`,
      };
    },
  };
  const redis: HealthCheck = {
    name: 'redis',
    check() {
      const servers = lock.servers();
      const down = servers.filter(({ isUp }) => !isUp).map(({ name }) => name);
      const detail = `${servers.length - down.length} of ${servers.length} connected${down.length === 0 ? '' : `, not ${down.join(', ')}`}`;
      return { ok: down.length * 2 < servers.length, detail };
    },
  };
  const lease: HealthCheck = {
    name: 'lease',
    check() {
      const term = currentTerm();
      if (!term || term.hardLeftMs() > 0) return { ok: true };
      return {
        ok: false,
        detail: `a term that should have ended ${Math.round(-term.hardLeftMs())} ms ago is still there: restart this process`,
      };
    },
  };
  return { liveness: [lease], readiness: [redis, leadership, { name: 'jobs', check: () => observation.report() }] };
}
