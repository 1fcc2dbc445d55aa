import { Readable } from 'node:stream';
import type { JobObserver } from '../../src/executors/executor.ts';
import type { ApiClient } from '../../src/executors/kubernetes/api-client.ts';
import { jobKind } from '../../src/executors/kubernetes/object-kinds.ts';
import { observeObjects } from '../../src/executors/kubernetes/observe-objects.ts';
import { createLogger } from '../../src/log.ts';
import { statusOfJob } from '../../src/task/job-status.ts';
import { running } from '../load/job-statuses.ts';
import { jobFrom, jobTemplate } from '../subjects/job-template.ts';
import { StubJob } from '../subjects/stub-job.ts';
import type { MicroPath } from './micro-path.ts';

const count = 2_000;
const chunkBytes = 16_384;
const namespace = 'bench';
const installationId = 'c0ffee00-0000-4000-8000-000000000001';
const log = createLogger({ level: 'silent', format: 'json', fd: 2 });
const chunks = watchChunks();

/** From the bytes of a watch to what the rows should say. */
export const eventToStatus: MicroPath = {
  name: 'event → status',
  count,
  async run() {
    const end = new AbortController();
    let events = 0;
    const observer: JobObserver = {
      listing() {},
      listed() {},
      changed(job) {
        statusOfJob(job, false);
        events += 1;
        if (events === count) end.abort();
      },
      deleted() {},
      trouble(detail) {
        if (detail !== undefined) throw new Error(detail);
      },
    };
    const options = { installationId, namespace, kind: jobKind, observer, log, signal: end.signal };
    await observeObjects({ client: watchedOnce(), ...options });
  },
};

function watchChunks(): readonly Buffer[] {
  const template = jobTemplate({ namespace, installationId });
  const status = JSON.stringify(running.status('2026-01-01T00:00:00Z'));
  const lines = Array.from({ length: count }, (_, index) => {
    const manifest = jobFrom(template, { name: `task-${index}`, attemptId: `attempt-${index}`, taskId: index });
    const job = new StubJob(JSON.parse(manifest), index + 1);
    job.change(status, index + 1);
    return job.event('MODIFIED');
  });
  const bytes = Buffer.from(lines.join(''));
  const cuts = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) => index * chunkBytes);
  return cuts.map((from) => bytes.subarray(from, from + chunkBytes));
}

/** An API server with an empty list and one watch that tells all events. */
function watchedOnce(): ApiClient {
  const list = Buffer.from(JSON.stringify({ kind: 'JobList', metadata: { resourceVersion: '1' }, items: [] }));
  return {
    async request({ onBytes }) {
      onBytes?.(list);
      return { status: 200, body: '', retryAfterMs: undefined };
    },
    stream: async () => ({ status: 200, body: Readable.from(chunks) }),
    download: () => Promise.reject(new Error('nothing is downloaded')),
    async [Symbol.asyncDispose]() {},
  };
}
