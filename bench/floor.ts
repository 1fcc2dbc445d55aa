import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, type RowDataPacket } from 'mysql2/promise';
import { Pool } from 'undici';

/*
 * The floor: what turning rows into Jobs and Jobs' states into rows costs at least. A loop with nothing but the necessary
 * calls, and therefore none of nightwatch's promises: no lock, no fence, no intent, no retries, no validation, no logs.
 * It posts the same Jobs. Anything unexpected ends it.
 */

const { BENCH_DATABASE_URL = '', BENCH_NAMESPACE = '', BENCH_JOB_TEMPLATE = '', KUBECONFIG = '' } = process.env;
const intervalMs = Number(process.env.BENCH_INTERVAL_MS);
const createsInFlight = 16;
const pageSize = 500;
const installation = 'nightwatch.dev/installation';
const taskId = 'nightwatch.dev/task-id';

const { clusters, users } = JSON.parse(readFileSync(KUBECONFIG, 'utf8'));
const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
const connect = { ca: Buffer.from(authority, 'base64').toString() };
const creates = new Pool(server, { connections: createsInFlight, allowH2: false, connect });
const watches = new Pool(server, { connections: 1, allowH2: false, connect, bodyTimeout: 0 });
const headers = { authorization: `Bearer ${users[0].user.token}`, 'content-type': 'application/json' };
const database = createPool({ uri: BENCH_DATABASE_URL, connectionLimit: 3 });
const template = readFileSync(BENCH_JOB_TEMPLATE, 'utf8');
const selector = encodeURIComponent(`${installation}=${JSON.parse(template).metadata.labels[installation]}`);
const path = `/apis/batch/v1/namespaces/${BENCH_NAMESPACE}/jobs`;

interface Row {
  readonly id: number;
  readonly name: string;
}

const queue: Row[] = [];
/** Ever queued: a page that was asked for before a row's UPDATE may show it as Normal after that. */
const known = new Set<number>();
let created: number[] = [];
let inFlight = 0;
/** By task id, of Jobs that have not ended. */
const statuses = new Map<string, string>();
let changed = new Map<string, string>();
let isWriting = false;

console.log('ready');
await Promise.all([readRows(), recordCreated(), followJobs()]);

async function readRows(): Promise<never> {
  for (;;) {
    if (queue.length < createsInFlight) {
      const [rows] = await database.query<(Row & RowDataPacket)[]>(
        `SELECT id, name, info FROM task FORCE INDEX (nightwatch_normal) WHERE status = 'Normal'
         ORDER BY priority DESC, id LIMIT ${pageSize}`,
      );
      const fresh = rows.filter(({ id }) => !known.has(id));
      for (const { id } of fresh) known.add(id);
      queue.push(...fresh);
      while (inFlight < createsInFlight && queue.length > 0) void createNext();
    }
    await sleep(intervalMs);
  }
}

async function createNext(): Promise<void> {
  const row = queue.shift();
  if (row === undefined) return;
  inFlight += 1;
  const attempt = `floor-${row.id.toString(16).padStart(30, '0')}`;
  const body = template
    .replaceAll('@name@', row.name)
    .replaceAll('@attempt@', attempt)
    .replaceAll('@task@', String(row.id));
  const answer = await creates.request({ method: 'POST', path: `${path}?fieldValidation=Strict`, headers, body });
  await answer.body.dump();
  if (answer.statusCode !== 201) throw new Error(`a create was answered ${answer.statusCode}`);
  created.push(row.id);
  inFlight -= 1;
  void createNext();
}

async function recordCreated(): Promise<never> {
  for (;;) {
    await sleep(intervalMs);
    if (created.length === 0) continue;
    const ids = created;
    created = [];
    await database.query("UPDATE task SET status = 'Pending' WHERE id IN (?) AND status = 'Normal'", [ids]);
  }
}

interface Job {
  readonly metadata: { readonly resourceVersion: string; readonly labels: { readonly [taskId]?: string } };
  readonly status: {
    readonly active?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

async function followJobs(): Promise<never> {
  let resourceVersion = '';
  for (;;) {
    const query = `watch=1&labelSelector=${selector}&resourceVersion=${resourceVersion}`;
    const { body } = await watches.request({ method: 'GET', path: `${path}?${query}`, headers });
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { object } = JSON.parse(line) as { readonly object: Job };
        resourceVersion = object.metadata.resourceVersion;
        note(object);
      }
    }
  }
}

function note({ metadata, status }: Job): void {
  const id = metadata.labels[taskId] ?? '';
  const end = status.conditions?.find(({ type, status: is }) => is === 'True' && /^(Complete|Failed)$/.test(type));
  const now = end ? (end.type === 'Complete' ? 'Succeeded' : 'Failed') : status.active ? 'Running' : undefined;
  if (now === undefined || statuses.get(id) === now) return;
  if (end) statuses.delete(id);
  else statuses.set(id, now);
  changed.set(id, now);
  void write();
}

async function write(): Promise<void> {
  if (isWriting) return;
  isWriting = true;
  await new Promise(setImmediate); // the events of one chunk go together
  while (changed.size > 0) {
    const batch = Map.groupBy(changed, ([, status]) => status);
    changed = new Map();
    for (const [status, tasks] of batch) {
      await database.query('UPDATE task SET status = ? WHERE id IN (?)', [status, tasks.map(([id]) => Number(id))]);
    }
  }
  isWriting = false;
}
