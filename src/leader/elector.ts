import type { Term } from './term.ts';

/** What a replica that does not lead is waiting for. */
export interface CampaignState {
  readonly detail: string;
  /** It will wait for ever unless an operator acts: the replica is not ready. */
  readonly isMisconfigured: boolean;
}

/** Elects one leader among the replicas. */
export interface Elector {
  /** Resolves once this replica leads, with a fresh term; rejects with the signal's reason when that aborts first. */
  campaign(signal: AbortSignal): Promise<Term>;
  /** What the last campaign came to, for readiness and logs. */
  readonly state: CampaignState;
}
