import { attemptIdLabel, installationLabel, rowKeyLabel, taskIdLabel } from '../../../src/task/labels.ts';
import type { AuditEntry } from '../../support/audit-log.ts';

/** One write of a Job that the API server has carried out. */
export interface JobChange {
  /** When the server had received the request. */
  readonly sentAtMs: number;
  /** When it answered. */
  readonly atMs: number;
  readonly kind: 'create' | 'delete' | 'status';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Undefined where it carries none: somebody else's Job. */
  readonly installation: string | undefined;
  readonly attemptId: string | undefined;
  readonly rowKey: string | undefined;
  readonly taskId: string | undefined;
  /** The end that the Job has come to by this write. */
  readonly end: 'Complete' | 'Failed' | undefined;
  /** The epoch that the request named; undefined when nightwatch did not send it. */
  readonly epoch: number | undefined;
}

/** Makes of the API server's audit log what became of each Job, in the order in which the server answered. */
export function readJobHistory(entries: readonly AuditEntry[]): readonly JobChange[] {
  return entries.flatMap((entry) => {
    const kind = kindOf(entry);
    if (kind === undefined || entry.code >= 300 || entry.uid === undefined) return [];
    const { labels, uid, namespace, name = '', end } = entry;
    const epoch = /epoch (\d+)\)/.exec(entry.userAgent)?.[1];
    return {
      sentAtMs: Date.parse(entry.receivedAt),
      atMs: Date.parse(entry.answeredAt),
      kind,
      namespace,
      name,
      uid,
      installation: labels[installationLabel],
      attemptId: labels[attemptIdLabel],
      rowKey: labels[rowKeyLabel],
      taskId: labels[taskIdLabel],
      end,
      epoch: epoch === undefined ? undefined : Number(epoch),
    };
  });
}

function kindOf({ verb, subresource }: AuditEntry): JobChange['kind'] | undefined {
  if (subresource === 'status') return 'status';
  if (verb === 'create') return 'create';
  return verb === 'delete' ? 'delete' : undefined;
}
