import { z } from 'zod';
import type { Site } from '../stage/open-site.ts';
import { benchInfo, jobFrom, jobTemplate } from '../subjects/job-template.ts';
import { awaitedLater } from './awaited-later.ts';
import { taskName } from './task-ids.ts';

export interface UnfinishedOptions {
  readonly count: number;
  /** Monotonic milliseconds after which no further Job is begun. */
  readonly latestMs: number;
  readonly onProgress: (created: number) => void;
}

interface CreatedJob {
  readonly id: number;
  readonly uid: string;
}

const writers = 16;
const rowsAtOnce = 1_000;
const createdJob = z.object({ metadata: z.object({ uid: z.string() }) });
const columns =
  'id, name, namespace, info, status, attempt, row_key, attempt_id, job_namespace, job_name, job_uid, claimed_at, started_at';

/**
 * Makes tasks that run, as a leader before would have left them: their Jobs with nightwatch's labels, and their rows.
 * Returns the ids of those that there was time for.
 */
export async function createUnfinished(site: Site, options: UnfinishedOptions): Promise<readonly number[]> {
  const { count, latestMs, onProgress } = options;
  const ids: number[] = [];
  let batch: CreatedJob[] = [];
  let next = 1;
  const inserts: Promise<void>[] = [];
  const create = await creatorOf(site);
  const work = async () => {
    while (next <= count && performance.now() < latestMs) {
      const id = next;
      next += 1;
      const uid = await create(id);
      batch.push({ id, uid }); // into the batch of now: the one of before the create may be on its way
      ids.push(id);
      if (batch.length < rowsAtOnce) continue;
      inserts.push(awaitedLater(insertRows(site, batch)));
      batch = [];
      onProgress(ids.length);
    }
  };
  await Promise.all(Array.from({ length: writers }, work));
  if (batch.length > 0) inserts.push(insertRows(site, batch));
  await Promise.all(inserts);
  return ids;
}

async function creatorOf({ stage, place, scene }: Site): Promise<(id: number) => Promise<string>> {
  const client = stage.client(writers);
  const template = jobTemplate(place);
  const path = `/apis/batch/v1/namespaces/${scene.namespace}/jobs`;
  return async (id) => {
    const job = JSON.parse(jobFrom(template, { name: taskName(id), attemptId: attemptOf(id), taskId: id }));
    const answer = await client.call({ method: 'POST', path, body: job, signal: scene.signal });
    if (answer.status !== 201)
      throw new Error(`a create was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return createdJob.parse(answer.body).metadata.uid;
  };
}

async function insertRows({ scene: { user, namespace } }: Site, jobs: readonly CreatedJob[]): Promise<void> {
  const now = new Date().toISOString().slice(0, 23).replace('T', ' ');
  const rows = jobs.map(({ id, uid }) => {
    const name = taskName(id);
    const identity = [attemptOf(id), attemptOf(id), namespace, name, uid];
    return [id, name, namespace, benchInfo, 'Running', 1, ...identity, now, now];
  });
  await user.query(`INSERT INTO task (${columns}) VALUES ?`, [rows]);
}

function attemptOf(id: number): string {
  return `unfinished-${id.toString(16).padStart(25, '0')}`;
}
