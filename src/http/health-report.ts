import type { HealthCheck, HealthResult } from './health-check.ts';

/** An answer to "how are you": the HTTP status and the text. */
export interface HealthReport {
  readonly status: 200 | 503;
  readonly text: string;
}

/**
 * Asks all checks and tells it as Kubernetes' own servers do.
 *
 * Well: `ok`, or a line per check when verbose. Not well: always a line per check, since somebody has to find out why.
 */
export function healthReport(endpoint: string, checks: readonly HealthCheck[], isVerbose: boolean): HealthReport {
  const results = checks.map((check) => ({ name: check.name, result: ask(check) }));
  const isOk = results.every(({ result }) => result.ok);
  if (isOk && !isVerbose) return { status: 200, text: 'ok\n' };
  const lines = results.map(({ name, result }) => resultLine(name, result));
  const text = [...lines, `${endpoint} check ${isOk ? 'passed' : 'failed'}`].map((line) => `${line}\n`).join('');
  return { status: isOk ? 200 : 503, text };
}

function ask(check: HealthCheck): HealthResult {
  try {
    return check.check();
  } catch (error) {
    // A check that is broken knows nothing good; the others still have something to say.
    return { ok: false, detail: `the check itself failed: ${error instanceof Error ? error.name : typeof error}` };
  }
}

function resultLine(name: string, result: HealthResult): string {
  const detail = result.detail?.replace(/\s+/g, ' ');
  if (result.ok) return `[+]${name} ok${detail === undefined ? '' : `: ${detail}`}`;
  return `[-]${name} ${detail}`;
}
