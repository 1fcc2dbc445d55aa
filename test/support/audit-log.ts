import { z } from 'zod';

/** How much of a write the API server's audit log keeps: only who did what, or the whole objects as well. */
export type AuditLevel = 'Metadata' | 'RequestResponse';

/** One request about Jobs that the API server has answered. */
export interface AuditEntry {
  readonly verb: string;
  readonly namespace: string;
  /** Absent in requests about a collection, and where the name did not reach the server. */
  readonly name: string | undefined;
  /** HTTP status of the answer. */
  readonly code: number;
  readonly user: string;
  readonly userAgent: string;
  /** ISO 8601 with microseconds. */
  readonly receivedAt: string;
  /** ISO 8601 with microseconds. */
  readonly answeredAt: string;
  /** Of the Job in the answer; only at level RequestResponse. */
  readonly uid: string | undefined;
  /** Labels of the Job in the answer; empty at level Metadata. */
  readonly labels: Readonly<Record<string, string>>;
}

const writeVerbs = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/**
 * The policy that logs each request about Jobs once, when it is answered, and nothing else.
 * Their status is left out: the Job controller writes it several times per Job. Reads carry no objects at any level.
 */
export function auditPolicy(level: AuditLevel): string {
  const jobs = [{ group: 'batch', resources: ['jobs'] }];
  return JSON.stringify({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived', 'ResponseStarted'],
    omitManagedFields: true,
    rules: [{ level, verbs: writeVerbs, resources: jobs }, { level: 'Metadata', resources: jobs }, { level: 'None' }],
  });
}

// The Job, or only its metadata as the garbage collector asks for it; of a refusal or a deletion that is through, a
// Status with the Job's uid at most.
const answer = z.object({
  metadata: z.object({ uid: z.string().optional(), labels: z.record(z.string(), z.string()).optional() }).optional(),
  details: z.object({ uid: z.string().optional() }).optional(),
});

const auditEvent = z.object({
  stage: z.string(),
  verb: z.string(),
  user: z.object({ username: z.string() }),
  userAgent: z.string().default(''),
  objectRef: z.object({ namespace: z.string().default(''), name: z.string().optional() }),
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

/** Tells requests that change something from those that only read. */
export function isWrite(entry: AuditEntry): boolean {
  return writeVerbs.includes(entry.verb);
}

function parseLine(line: string): AuditEntry | undefined {
  const event = auditEvent.parse(JSON.parse(line));
  // A handler that panicked has its own stage; the request is logged once either way.
  if (event.stage !== 'ResponseComplete' && event.stage !== 'Panic') return undefined;
  return {
    verb: event.verb,
    namespace: event.objectRef.namespace,
    name: event.objectRef.name,
    code: event.responseStatus?.code ?? 0,
    user: event.user.username,
    userAgent: event.userAgent,
    receivedAt: event.requestReceivedTimestamp,
    answeredAt: event.stageTimestamp,
    uid: event.responseObject?.metadata?.uid ?? event.responseObject?.details?.uid,
    labels: event.responseObject?.metadata?.labels ?? {},
  };
}
