import type { ServerResponse } from 'node:http';
import type { JobObserver } from '../../../src/executors/executor.ts';
import type { JobView } from '../../../src/task/job-view.ts';
import { aJobObject, aJobView } from '../../support/builders.ts';
import { eventually, realPause } from '../../support/eventually.ts';
import type { ReceivedRequest, ScriptedAnswer } from '../../support/scripted-api-server.ts';
import { anExecutor } from './an-executor.ts';

/** An observer that writes down what it is told, in a few words. */
export function aNotingObserver() {
  const told: string[] = [];
  const words = (job: JobView) => `${job.name}@${job.resourceVersion}`;
  const observer: JobObserver = {
    listing: () => void told.push('listing'),
    listed: () => void told.push('listed'),
    changed: (job) => void told.push(`changed ${words(job)}`),
    deleted: (job) => void told.push(`deleted ${words(job)}`),
    trouble: (detail) => void told.push(detail === undefined ? 'fine' : `trouble: ${detail}`),
  };
  return { told, observer };
}

/** A list of Jobs, or one page of it. */
export function aList(names: readonly string[], resourceVersion: string, next?: string): ScriptedAnswer {
  const items = names.map((name) => aJobObject(aJobView({ name, resourceVersion: '10' })));
  return { status: 200, body: { kind: 'JobList', metadata: { resourceVersion, continue: next }, items } };
}

/** The line of a watch event about a Job. */
export function anEvent(type: string, name: string, resourceVersion: string): string {
  return `${JSON.stringify({ type, object: aJobObject(aJobView({ name, resourceVersion })) })}\n`;
}

export function aBookmark(resourceVersion: string): string {
  return `${JSON.stringify({ type: 'BOOKMARK', object: { kind: 'Job', metadata: { resourceVersion } } })}\n`;
}

/** A watch that says these things and then ends, or stays open. */
export function aStream(
  parts: readonly (string | Buffer)[],
  end: 'ends' | 'breaks' | 'stays' = 'ends',
): ScriptedAnswer {
  return {
    stream: async (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      for (const part of parts) await written(response, part);
      if (end === 'ends') response.end();
      if (end === 'breaks') response.socket?.destroy();
    },
  };
}

/** Each part goes out in a chunk of its own. */
async function written(response: ServerResponse, part: string | Buffer): Promise<void> {
  await new Promise((resolve) => response.write(part, resolve));
  await realPause(5);
}

export interface WatchScript {
  readonly lists: readonly ScriptedAnswer[];
  /** Each watch in turn; once they are used up a watch stays open and silent. */
  readonly watches: readonly ScriptedAnswer[];
}

/** Observes the namespace default until the test disposes of it. */
export async function aWatch({ lists, watches }: WatchScript) {
  let listed = 0;
  let watched = 0;
  const script = ({ path }: ReceivedRequest): ScriptedAnswer => {
    if (path.includes('watch=1')) return watches[watched++] ?? aStream([], 'stays');
    return lists[Math.min(listed++, lists.length - 1)] ?? { status: 500 };
  };
  const test = await anExecutor(script);
  const { told, observer } = aNotingObserver();
  const stop = new AbortController();
  const observing = test.executor.observe('default', observer, stop.signal);
  const queries = () => test.server.requests.map(({ path }) => new URL(path, 'https://x').searchParams);
  return {
    ...{ test, told, stop, observing },
    /** The resourceVersion that each watch began from. */
    versions: () => queries().flatMap((query) => (query.has('watch') ? [query.get('resourceVersion')] : [])),
    queries,
    until: (line: string) => eventually(() => told.includes(line), `${line}; told: ${told.join(', ')}`),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await observing;
      await test[Symbol.asyncDispose]();
    },
  };
}
