import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, type RowDataPacket } from 'mysql2/promise';
import { Pool } from 'undici';

/*
 * The algorithm of the program that nightwatch follows on: a tick of 30 s that is skipped while one runs; in it the newest
 * 1000 rows of each kind, each with one API call and one transaction that saves all its columns; 50 calls a second.
 */

const { BENCH_DATABASE_URL = '', BENCH_NAMESPACE = '', BENCH_JOB_TEMPLATE = '', KUBECONFIG = '' } = process.env;
const tickMs = Number(process.env.BENCH_TICK_MS);
const newest = 1_000;
const callsPerSecond = 50;
const burst = 100;
const connections = 100;

const { clusters, users } = JSON.parse(readFileSync(KUBECONFIG, 'utf8'));
const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
const connect = { ca: Buffer.from(authority, 'base64').toString() };
const api = new Pool(server, { connections, allowH2: false, connect });
const headers = { authorization: `Bearer ${users[0].user.token}`, 'content-type': 'application/json' };
const database = createPool({ uri: BENCH_DATABASE_URL, connectionLimit: connections });
const template = readFileSync(BENCH_JOB_TEMPLATE, 'utf8');
const path = `/apis/batch/v1/namespaces/${BENCH_NAMESPACE}/jobs`;

interface Row extends RowDataPacket {
  readonly id: number;
  readonly name: string;
  readonly status: string;
}

let tokens = burst;
let refilledAtMs = performance.now();
let isTicking = false;

console.log('ready');
setInterval(() => void tick(), tickMs);

async function tick(): Promise<void> {
  if (isTicking) return;
  isTicking = true;
  await Promise.all([createJobs(), readJobs()]);
  isTicking = false;
}

async function createJobs(): Promise<void> {
  const rows = await list("status = 'Normal'");
  await Promise.all(
    rows.map(async (row) => {
      await take();
      const body = template
        .replaceAll('@name@', row.name)
        .replaceAll('@attempt@', `seed-${row.id.toString(16).padStart(31, '0')}`)
        .replaceAll('@task@', String(row.id));
      const answer = await api.request({ method: 'POST', path, headers, body });
      await answer.body.dump();
      if (answer.statusCode !== 201) throw new Error(`a create was answered ${answer.statusCode}`);
      await save(row, 'Pending');
    }),
  );
}

async function readJobs(): Promise<void> {
  const rows = await list("status IN ('Pending', 'Running', 'Unknown')");
  await Promise.all(
    rows.map(async (row) => {
      await take();
      const answer = await api.request({ method: 'GET', path: `${path}/${row.name}`, headers });
      await save(row, statusOf(await answer.body.json()));
    }),
  );
}

async function list(condition: string): Promise<readonly Row[]> {
  const [[rows]] = await Promise.all([
    database.query<Row[]>(`SELECT * FROM task WHERE ${condition} ORDER BY id DESC LIMIT ${newest}`),
    database.query(`SELECT COUNT(*) FROM task WHERE ${condition}`),
  ]);
  return rows;
}

async function save({ id, name, namespace, info, user_id, created_at }: Row, status: string): Promise<void> {
  const connection = await database.getConnection();
  await connection.query('START TRANSACTION');
  const columns = { name, namespace, info, status, user_id, created_at, updated_at: new Date() };
  await connection.query('UPDATE task SET ? WHERE id = ?', [columns, id]);
  await connection.query('COMMIT');
  connection.release();
}

/** A token bucket, which creates and reads share: a call that finds it empty takes its token in advance and waits for it. */
async function take(): Promise<void> {
  const nowMs = performance.now();
  tokens = Math.min(burst, tokens + ((nowMs - refilledAtMs) / 1_000) * callsPerSecond) - 1;
  refilledAtMs = nowMs;
  if (tokens < 0) await sleep((-tokens / callsPerSecond) * 1_000);
}

function statusOf(job: unknown): string {
  const { spec, status } = job as {
    readonly spec: { readonly suspend?: boolean };
    readonly status: { readonly active?: number; readonly conditions?: readonly { readonly type: string }[] };
  };
  const has = (type: string) => status.conditions?.some((condition) => condition.type === type) === true;
  if (has('Complete')) return 'Succeeded';
  if (has('Failed')) return 'Failed';
  if (spec.suspend) return 'Pending';
  return status.active ? 'Running' : 'Unknown';
}
