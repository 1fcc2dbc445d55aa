import type { Logger } from '../../log.ts';
import { readJob } from '../../task/job-view.ts';
import type { Executor, FindOutcome, LookOutcome } from '../executor.ts';
import type { ApiClient } from './api-client.ts';
import { askAboutJob, createJobChanges } from './change-jobs.ts';
import { classifyAnswer, pauseMsOf } from './classify-answer.ts';
import { decideExisting } from './decide-existing.ts';
import { launchJob } from './launch-job.ts';
import { listObjects } from './list-objects.ts';
import { jobKind, podKind } from './object-kinds.ts';
import { observeObjects } from './observe-objects.ts';
import { createPodReads } from './read-pods.ts';

export interface KubernetesExecutorOptions {
  readonly client: ApiClient;
  readonly installationId: string;
  readonly log: Logger;
}

/** Runs attempts as Jobs of a Kubernetes cluster. */
export function createKubernetesExecutor({ client, installationId, log }: KubernetesExecutorOptions): Executor {
  const find = async (namespace: string, name: string, signal: AbortSignal): Promise<FindOutcome> => {
    // Without a resourceVersion the answer is the current state (a quorum read), which is what verdicts rest on.
    const answer = await askAboutJob(client, { namespace, name }, { method: 'GET', signal });
    if (typeof answer === 'string') return { result: 'unknown', reason: 'ApiUnavailable', detail: answer };
    const { class: kind, message } = classifyAnswer(answer);
    if (kind === 'missing') return { result: 'missing' };
    if (kind === 'throttled')
      return { result: 'unknown', reason: 'ApiUnavailable', detail: message, pauseMs: pauseMsOf(answer) };
    const job = kind === 'ok' ? readJob(parseJson(answer.body)) : undefined;
    return job
      ? { result: 'found', job, atMs: answer.dateMs }
      : { result: 'unknown', reason: kind === 'forbidden' ? 'Forbidden' : 'ApiUnavailable', detail: message };
  };
  return {
    find,
    async look(attempt, signal): Promise<LookOutcome> {
      const found = await find(attempt.namespace, attempt.jobName, signal);
      return decideExisting<LookOutcome>(attempt, installationId, found, { result: 'absent' });
    },
    launch: (attempt, job, signal) => launchJob({ client, installationId, find }, attempt, job, signal),
    async *list(namespace, signal) {
      for await (const page of listObjects({ client, namespace, kind: jobKind, signal })) yield page.objects;
    },
    ...createJobChanges(client),
    observe: (namespace, observer, signal) =>
      observeObjects({ client, installationId, namespace, kind: jobKind, observer, log, signal }),
    observePods: (namespace, observer, signal) =>
      observeObjects({ client, installationId, namespace, kind: podKind, observer, log, signal }),
    ...createPodReads(client),
  };
}

/** Undefined for what is no JSON: a proxy's page, say. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
