import { buildJob } from '../../src/task/job-manifest.ts';
import { parseSpec } from '../../src/task/spec.ts';
import { aPolicy } from '../../test/support/builders.ts';

/** What every row of a benchmark asks for. */
export const benchInfo = JSON.stringify({ image: 'alpine', command: ['sleep'], args: ['60'] });

export interface TemplateOptions {
  readonly namespace: string;
  readonly installationId: string;
}

/**
 * The Job that nightwatch itself makes of such a row, as text: `@name@`, `@attempt@` and `@task@` stand for what differs
 * from row to row. So that every subject posts the same objects, and only nightwatch pays for building them.
 */
export function jobTemplate({ namespace, installationId }: TemplateOptions): string {
  const parsed = parseSpec(benchInfo, Buffer.byteLength(benchInfo));
  if (parsed.result === 'invalid') throw new Error(parsed.message);
  const identity = { attemptId: '@attempt@', rowKey: '@attempt@', taskId: '@task@', userId: '0' };
  const attempt = { ...identity, taskName: '@name@', number: 1, namespace, jobName: '@name@' };
  const job = buildJob(attempt, parsed.spec, aPolicy({ installationId, namespaces: [namespace] }));
  return JSON.stringify(job);
}

/** A Job as it is created for a row by somebody else than nightwatch. */
export interface TemplateValues {
  readonly name: string;
  readonly attemptId: string;
  readonly taskId: number;
}

/** The Job of one row, ready to be sent. */
export function jobFrom(template: string, { name, attemptId, taskId }: TemplateValues): string {
  return template.replaceAll('@name@', name).replaceAll('@attempt@', attemptId).replaceAll('@task@', String(taskId));
}
