import assert from 'node:assert/strict';
import type { AuditEntry } from './audit-log.ts';
import type { Cluster } from './cluster.ts';
import type { TaskRow } from './task-rows.ts';

/** A Job as the API server has it now. */
export interface PresentJob {
  readonly name: string;
  readonly uid: string;
  /** Empty where it carries none. */
  readonly attemptId: string;
  readonly isBeingDeleted: boolean;
}

// A whole Job is kilobytes, and there may be thousands.
const fields = ['name', 'uid', 'deletionTimestamp', String.raw`labels.nightwatch\.dev/attempt-id`];
const line = fields.map((field) => `{.metadata.${field}}`).join('{","}');

/** Reads which Jobs a namespace has. */
export async function readJobs({ kubectl }: Cluster, namespace: string): Promise<readonly PresentJob[]> {
  const text = await kubectl(['get', 'jobs', '-n', namespace, '-o', `jsonpath={range .items[*]}${line}{"\\n"}{end}`]);
  return text
    .split('\n')
    .filter((words) => words !== '')
    .map((words) => {
      const [name = '', uid = '', deletion = '', attemptId = ''] = words.split(',');
      return { name, uid, attemptId, isBeingDeleted: deletion !== '' };
    });
}

/** Whether a request has made a Job. */
export function hasCreated({ verb, code }: AuditEntry): boolean {
  return verb === 'create' && code === 201;
}

/** Asserts of rows whose Jobs nobody removes that the recorded Job of each is the only one of its attempt. */
export async function assertOneRecordedJobEach(cluster: Cluster, rows: readonly TaskRow[]): Promise<void> {
  const namespaces = new Set(rows.map(({ job_namespace }) => job_namespace ?? ''));
  const jobs = (await Promise.all([...namespaces].map((namespace) => readJobs(cluster, namespace)))).flat();
  const uidsByAttempt = Map.groupBy(jobs, ({ attemptId }) => attemptId);
  const faults = rows.flatMap(({ name, attempt_id, job_uid }) => {
    const uids = (uidsByAttempt.get(attempt_id ?? '') ?? []).map(({ uid }) => uid);
    return uids.length === 1 && uids[0] === job_uid ? [] : [{ task: name, recorded: job_uid, jobs: uids }];
  });
  assert.deepEqual(faults, [], 'rows without exactly their one recorded Job');
}

/** Asserts of namespaces that are only these rows' that there are no Jobs but their recorded ones. */
export async function assertNoOtherJobs(cluster: Cluster, rows: readonly TaskRow[]): Promise<void> {
  const namespaces = new Set(rows.map(({ job_namespace }) => job_namespace ?? ''));
  const jobs = (await Promise.all([...namespaces].map((namespace) => readJobs(cluster, namespace)))).flat();
  const recorded = new Set(rows.map(({ job_uid }) => job_uid));
  const others = jobs.filter(({ uid, isBeingDeleted }) => !isBeingDeleted && !recorded.has(uid));
  assert.deepEqual(others, [], 'Jobs that no row has recorded');
}

/** Asserts that no Job name was created twice: nobody has deleted any in between. */
export function assertCreatedOnce(writes: readonly AuditEntry[]): void {
  const byName = Map.groupBy(writes.filter(hasCreated), ({ namespace, name }) => `${namespace}/${name}`);
  const twice = [...byName].filter(([, creates]) => creates.length > 1).map(([name]) => name);
  assert.deepEqual(twice, [], 'Jobs that were created twice');
}
