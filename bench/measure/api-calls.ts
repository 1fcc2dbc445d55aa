import { open, stat } from 'node:fs/promises';
import { type AuditEntry, parseAuditLog } from '../../test/support/audit-log.ts';

/** Begins to listen to an audit log; the returned function tells the requests about Jobs that were answered since. */
export async function measureApiCalls(auditLogFile: string): Promise<() => Promise<readonly AuditEntry[]>> {
  // The log of 100 000 creates is not worth reading: only what is added from here on.
  const { size: from } = await stat(auditLogFile);
  return async () => {
    await using file = await open(auditLogFile, 'r');
    const { size } = await file.stat();
    const added = Buffer.alloc(size - from);
    await file.read(added, 0, added.length, from);
    return parseAuditLog(added.toString('utf8'));
  };
}
