import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { writeKubeconfig } from '../test/support/api-access.ts';
import { selfSignedCertificate } from '../test/support/self-signed-certificate.ts';
import { complete, running } from './load/job-statuses.ts';
import { StubJob } from './subjects/stub-job.ts';

/*
 * An API server that takes Jobs and tells of them, and does nothing else: it is quicker than any subject, so that what is
 * measured is the subject. `POST /storm` has every Job run and complete, and is answered when all watches were told.
 */

const { BENCH_PORT = '', BENCH_KUBECONFIG = '' } = process.env;
const linesAtOnce = 64;

const { key, certificate } = selfSignedCertificate();
const jobs = new Map<string, StubJob>();
const watches = new Set<ServerResponse>();
const noPods = JSON.stringify({ kind: 'PodList', metadata: { resourceVersion: '1' }, items: [] });
let version = 0;

const server = createServer({ key, cert: certificate }, (request, response) => {
  response.on('error', () => {}); // a client that has gone is no fault of the server
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
server.listen(Number(BENCH_PORT), '127.0.0.1');
await once(server, 'listening');
const access = { server: `https://127.0.0.1:${BENCH_PORT}`, certificateAuthority: certificate, token: 'any' };
await writeKubeconfig(BENCH_KUBECONFIG, access);
console.log('ready');

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', access.server);
  const body = await text(request);
  if (pathname === '/storm') return send(response, 200, JSON.stringify(await tellAll()));
  if (pathname === '/version') return send(response, 200, '{}');
  if (pathname.endsWith('/pods')) return searchParams.has('watch') ? open(response) : send(response, 200, noPods);
  if (searchParams.get('watch') !== null) return watch(response);
  if (request.method === 'POST') return create(response, body);
  const job = jobs.get(pathname.split('/').at(-1) ?? '');
  if (job) return send(response, 200, job.text());
  if (pathname.endsWith('/jobs')) return send(response, 200, listed());
  return send(response, 404, JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 }));
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

function create(response: ServerResponse, body: string): void {
  version += 1;
  const job = new StubJob(JSON.parse(body), version);
  jobs.set(job.name, job);
  send(response, 201, job.text());
  for (const one of watches) one.write(job.event('ADDED'));
}

/** Jobs here have no pods, so of these there is never anything to tell. */
function open(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
}

function watch(response: ServerResponse): void {
  open(response);
  watches.add(response);
  response.on('close', () => watches.delete(response));
}

function listed(): string {
  const items = [...jobs.values()].map((job) => job.text());
  return `{"kind":"JobList","metadata":{"resourceVersion":"${version}"},"items":[${items.join(',')}]}`;
}

/** As the Job controller would: pods made, started, ended, and the end written; each step of all Jobs before the next. */
async function tellAll(): Promise<{ readonly events: number; readonly tookMs: number }> {
  const now = new Date().toISOString();
  const started = running.status(now);
  const ended = { ...started, active: 0, ready: 0, succeeded: 1 };
  const steps = [{ startTime: now, active: 1, ready: 0 }, started, ended, { ...ended, ...complete.status(now) }];
  const beganAtMs = performance.now();
  for (const status of steps) await tell(JSON.stringify(status));
  return { events: steps.length * jobs.size, tookMs: performance.now() - beganAtMs };
}

async function tell(status: string): Promise<void> {
  let lines = '';
  let count = 0;
  for (const job of jobs.values()) {
    version += 1;
    job.change(status, version);
    lines += job.event('MODIFIED');
    count += 1;
    if (count % linesAtOnce !== 0) continue;
    await write(lines);
    lines = '';
  }
  await write(lines);
}

/** As fast as the readers read, and no faster. */
async function write(lines: string): Promise<void> {
  for (const one of watches) if (!one.write(lines)) await once(one, 'drain');
}
