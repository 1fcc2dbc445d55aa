import { z } from 'zod';

/**
 * How much the API server's audit log keeps: of writes only who did what, or the whole objects as well, or these and
 * each write of a Job's status, so that the log is the whole history of every Job.
 */
export type AuditLevel = 'Metadata' | 'RequestResponse' | 'History';

/** One request about Jobs that the API server has answered. */
export interface AuditEntry {
  readonly verb: string;
  readonly namespace: string;
  /** Absent in requests about a collection, and where the name did not reach the server. */
  readonly name: string | undefined;
  /** `status` where only that was written; undefined for the whole Job. */
  readonly subresource: string | undefined;
  /** HTTP status of the answer. */
  readonly code: number;
  readonly user: string;
  readonly userAgent: string;
  /** ISO 8601 with microseconds. */
  readonly receivedAt: string;
  /** ISO 8601 with microseconds. */
  readonly answeredAt: string;
  /** Of the Job in the answer; not at level Metadata. */
  readonly uid: string | undefined;
  /** Labels of the Job in the answer; empty at level Metadata. */
  readonly labels: Readonly<Record<string, string>>;
  /** The end that the Job in the answer has come to; undefined while it has none, and at level Metadata. */
  readonly end: 'Complete' | 'Failed' | undefined;
}

const writeVerbs = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/**
 * The policy that logs each request about Jobs once, when it is answered, and nothing else.
 * Below the level History their status is left out: the Job controller writes it several times per Job. Reads carry no
 * objects at any level.
 */
export function auditPolicy(level: AuditLevel): string {
  const jobs = [{ group: 'batch', resources: ['jobs'] }];
  const written = level === 'History' ? [{ group: 'batch', resources: ['jobs', 'jobs/status'] }] : jobs;
  const kept = level === 'Metadata' ? 'Metadata' : 'RequestResponse';
  return JSON.stringify({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived', 'ResponseStarted'],
    omitManagedFields: true,
    rules: [
      { level: kept, verbs: writeVerbs, resources: written },
      { level: 'Metadata', resources: jobs },
      { level: 'None' },
    ],
  });
}

// The Job, or only its metadata as the garbage collector asks for it; of a refusal or a deletion that is through, a
// Status with the Job's uid at most.
const answer = z.object({
  metadata: z.object({ uid: z.string().optional(), labels: z.record(z.string(), z.string()).optional() }).optional(),
  details: z.object({ uid: z.string().optional() }).optional(),
  // Of a Job it is an object, of a Status a word.
  status: z
    .union([
      z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional() }),
      z.string(),
    ])
    .optional(),
});

const auditEvent = z.object({
  stage: z.string(),
  verb: z.string(),
  user: z.object({ username: z.string() }),
  userAgent: z.string().default(''),
  objectRef: z.object({
    namespace: z.string().default(''),
    name: z.string().optional(),
    subresource: z.string().optional(),
  }),
  responseStatus: z.object({ code: z.number() }).optional(),
  responseObject: answer.optional(),
  requestReceivedTimestamp: z.string(),
  stageTimestamp: z.string(),
});

/**
 * Reads the lines of an audit log, in the order in which the requests were answered.
 * A last line without its end is left out: the server is writing it. Throws when any other line is not an audit event.
 */
export function parseAuditLog(text: string): readonly AuditEntry[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map(parseLine).filter((entry) => entry !== undefined);
}

/** Tells requests that change a Job, and not only its status, from those that only read. */
export function isWrite(entry: AuditEntry): boolean {
  return writeVerbs.includes(entry.verb) && entry.subresource === undefined;
}

function parseLine(line: string): AuditEntry | undefined {
  const event = auditEvent.parse(JSON.parse(line));
  // A handler that panicked has its own stage; the request is logged once either way.
  if (event.stage !== 'ResponseComplete' && event.stage !== 'Panic') return undefined;
  return {
    verb: event.verb,
    namespace: event.objectRef.namespace,
    name: event.objectRef.name,
    subresource: event.objectRef.subresource,
    code: event.responseStatus?.code ?? 0,
    user: event.user.username,
    userAgent: event.userAgent,
    receivedAt: event.requestReceivedTimestamp,
    answeredAt: event.stageTimestamp,
    uid: event.responseObject?.metadata?.uid ?? event.responseObject?.details?.uid,
    labels: event.responseObject?.metadata?.labels ?? {},
    end: endOf(event.responseObject?.status),
  };
}

function endOf(status: z.infer<typeof answer>['status']): AuditEntry['end'] {
  const conditions = typeof status === 'object' ? (status.conditions ?? []) : [];
  const end = conditions.find(({ type, status: is }) => is === 'True' && (type === 'Complete' || type === 'Failed'));
  return end && (end.type === 'Complete' ? 'Complete' : 'Failed');
}
