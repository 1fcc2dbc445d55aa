import { z } from 'zod';
import type { ControlPlane } from './control-plane.ts';

const status = z.object({ header: z.object({ revision: z.string() }) });

/** Has etcd forget everything but the present, as it does with what is some minutes old; returns the revision kept. */
export async function compactHistory({ etcdUrl }: ControlPlane): Promise<string> {
  const { revision } = status.parse(await ask(etcdUrl, '/v3/maintenance/status', {})).header;
  await ask(etcdUrl, '/v3/kv/compaction', { revision, physical: true });
  return revision;
}

async function ask(etcdUrl: string, path: string, body: object): Promise<unknown> {
  const answer = await fetch(etcdUrl + path, { method: 'POST', body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`etcd answers ${answer.status} to ${path}: ${text}`);
  return JSON.parse(text);
}
