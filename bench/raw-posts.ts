import { readFileSync } from 'node:fs';
import { Pool } from 'undici';

/* The most that the API server takes: the same Jobs, created 16 at a time and nothing else. */

const { BENCH_NAMESPACE = '', BENCH_JOB_TEMPLATE = '', KUBECONFIG = '' } = process.env;
const count = Number(process.env.BENCH_COUNT);
const inFlight = 16;

const { clusters, users } = JSON.parse(readFileSync(KUBECONFIG, 'utf8'));
const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
const connect = { ca: Buffer.from(authority, 'base64').toString() };
const api = new Pool(server, { connections: inFlight, allowH2: false, connect });
const headers = { authorization: `Bearer ${users[0].user.token}`, 'content-type': 'application/json' };
const template = readFileSync(BENCH_JOB_TEMPLATE, 'utf8');
const path = `/apis/batch/v1/namespaces/${BENCH_NAMESPACE}/jobs?fieldValidation=Strict`;
let next = 1;

console.log('ready');
await Promise.all(Array.from({ length: inFlight }, post));
setInterval(() => {}, 60_000); // what it has used is read from outside while it lives

async function post(): Promise<void> {
  while (next <= count) {
    const id = next;
    next += 1;
    const body = template
      .replaceAll('@name@', `raw-${id}`)
      .replaceAll('@attempt@', `raw-${id.toString(16).padStart(32, '0')}`)
      .replaceAll('@task@', String(id));
    const answer = await api.request({ method: 'POST', path, headers, body });
    await answer.body.dump();
    if (answer.statusCode !== 201) throw new Error(`a create was answered ${answer.statusCode}`);
  }
}
