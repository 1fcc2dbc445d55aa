import type { AuditEntry } from '../../support/audit-log.ts';
import type { Round } from './round.ts';

/**
 * What has been asked of the API server about Jobs, but for those of users who change their minds.
 *
 * Theirs are deleted, and a create that comes late from a leader of before finds the name free again: the checker says
 * what has to become of such a Job.
 */
export async function writesBesideLives({ system }: Round): Promise<readonly AuditEntry[]> {
  const writes = await system.cluster.auditedJobWrites();
  return writes.filter(({ name }) => !name?.startsWith('life-'));
}
