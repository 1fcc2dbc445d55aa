import type { ApiAnswer } from './api-client.ts';

/**
 * What an answer of the API server to a write means; the table of error classes in the README's architecture section.
 *
 * By status and reason, and by message only where the server gives nothing else.
 */
export type AnswerClass =
  | 'ok'
  | 'exists'
  | 'stale'
  | 'invalid'
  | 'denied'
  | 'namespace-terminating'
  | 'quota'
  | 'forbidden'
  | 'missing'
  | 'throttled'
  | 'unknown';

export interface ClassifiedAnswer {
  readonly class: AnswerClass;
  /** The server's sentence, for the row; at most 600 characters. */
  readonly message: string;
}

/** How long an answer of class `throttled` asks everybody to wait: its Retry-After, up to half a minute. */
export function pauseMsOf({ retryAfterMs = 1_000 }: ApiAnswer): number {
  return Math.min(retryAfterMs, 30_000);
}

interface Status {
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly string[];
}

export function classifyAnswer(answer: ApiAnswer): ClassifiedAnswer {
  if (answer.status >= 200 && answer.status < 300) return { class: 'ok', message: '' };
  const status = readStatus(answer.body);
  return { class: classOf(answer.status, status), message: (status.message || `HTTP ${answer.status}`).slice(0, 600) };
}

function classOf(code: number, { reason, message, causes }: Status): AnswerClass {
  if (code === 429) return 'throttled';
  if (code >= 500) return 'unknown';
  if (code === 409) return reason === 'AlreadyExists' ? 'exists' : 'stale';
  if (causes.includes('NamespaceTerminating')) return 'namespace-terminating';
  // Webhooks choose their own code, policies answer 422: only the sentence, which the server composes, is always there.
  if (/\bdenied (the )?request\b/.test(message)) return 'denied';
  if (code === 403) return /exceeded quota|failed quota/.test(message) ? 'quota' : 'forbidden';
  if (code === 401) return 'forbidden';
  // A proxy's own 404 says nothing about the object, and a verdict may rest on this.
  if (code === 404) return reason === 'NotFound' ? 'missing' : 'unknown';
  // Without a Status it is a proxy's page, which must not fail a row for good.
  return (code === 400 || code === 413 || code === 422) && reason !== '' ? 'invalid' : 'unknown';
}

/** The body is a Status object, or HTML of a proxy in between, or nothing. */
function readStatus(body: string): Status {
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status !== 'object' || status === null) return noStatus;
    const details = 'details' in status ? status.details : undefined;
    const causes = typeof details === 'object' && details !== null && 'causes' in details ? details.causes : undefined;
    return {
      reason: 'reason' in status ? String(status.reason) : '',
      message: 'message' in status ? String(status.message) : '',
      causes: Array.isArray(causes)
        ? causes.map((cause: unknown) =>
            typeof cause === 'object' && cause !== null && 'reason' in cause ? String(cause.reason) : '',
          )
        : [],
    };
  } catch {
    return noStatus;
  }
}

const noStatus: Status = { reason: '', message: '', causes: [] };
