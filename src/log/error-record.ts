/** What is logged of an error: little enough to be safe, whatever library threw it. */
export interface ErrorRecord {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: readonly string[];
  readonly cause?: ErrorRecord;
  readonly errors?: readonly ErrorRecord[];
}

const longestMessage = 500;
const deepestCause = 5;
const mostErrors = 3;

/**
 * Reduces anything that was thrown to a record without secrets.
 *
 * Fields are picked, never copied: drivers attach the statement, the command with its password, or all headers of a
 * request. The stack is given where it was asked for, and for errors that only a bug throws: those cannot be asked to
 * happen again at another log level.
 */
export function errorRecord(error: unknown, withStack: boolean, depth = 0): ErrorRecord {
  try {
    if (!(error instanceof Error)) return { type: typeof error, message: safeText(describe(error)) };
    const code = codeOf(error);
    const goDeeper = depth < deepestCause;
    return {
      type: safeText(error.name),
      message: messageOf(error),
      ...(code === undefined ? {} : { code }),
      ...(withStack || isBug(error) ? { stack: framesOf(error) } : {}),
      ...(goDeeper && error.cause !== undefined ? { cause: errorRecord(error.cause, withStack, depth + 1) } : {}),
      ...(goDeeper && error instanceof AggregateError
        ? { errors: error.errors.slice(0, mostErrors).map((each) => errorRecord(each, withStack, depth + 1)) }
        : {}),
    };
  } catch {
    // An object whose fields throw when read must not turn a logged error into a second one.
    return { type: 'unreadable', message: 'an error that cannot be read' };
  }
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null && 'message' in value ? String(value.message) : String(value);
}

function messageOf(error: Error): string {
  if (!('body' in error)) return safeText(error.message);
  // The Kubernetes client's ApiException: its message is the whole response, headers included.
  const said = statusMessage(error.body);
  return said === undefined ? 'the API server answered with an error' : safeText(said);
}

/** The message in a Status object of the API server, which is written for people. */
function statusMessage(body: unknown): string | undefined {
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    const hasMessage = typeof status === 'object' && status !== null && 'message' in status;
    return hasMessage && typeof status.message === 'string' ? status.message : undefined;
  } catch {
    // A proxy's HTML, or nothing: there is no message in it.
    return undefined;
  }
}

function codeOf(error: Error): string | number | undefined {
  const code = 'code' in error ? error.code : undefined;
  const errno = 'errno' in error ? error.errno : undefined;
  if (typeof code === 'string') return safeText(code);
  if (typeof code === 'number') return code;
  return typeof errno === 'number' || typeof errno === 'string' ? errno : undefined;
}

function isBug(error: Error): boolean {
  // fetch and undici throw a TypeError for a failed connection, but with its cause.
  const kinds = [TypeError, ReferenceError, RangeError, SyntaxError];
  return error.cause === undefined && kinds.some((kind) => error instanceof kind);
}

function framesOf(error: Error): readonly string[] {
  const lines = typeof error.stack === 'string' ? error.stack.split('\n') : [];
  // The frames alone: the lines above them repeat the message as it was.
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}

/** Hides what looks like a secret, takes out control characters (they could rewrite a terminal), and shortens. */
function safeText(text: string): string {
  const safe = String(text)
    .slice(0, 4 * longestMessage)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s'"]*@/gi, '$1***@')
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 ***')
    .replace(
      /\b((?:password|passwd|secret|token|authorization)["']?\s*[:=]\s*)(?!YES\b|NO\b)("[^"]*"|'[^']*'|[^\s,;)}&]+)/gi,
      '$1***',
    )
    .toWellFormed();
  return safe.length > longestMessage ? `${safe.slice(0, longestMessage - 1)}…` : safe;
}
