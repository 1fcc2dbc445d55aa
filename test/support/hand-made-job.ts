import type { Cluster } from './cluster.ts';
import { lifeAnnotation } from './played-pod.ts';

const domain = 'nightwatch.dev';

/** The labels by which nightwatch knows its own Jobs, as a person may write them too. */
export interface OwnLabels {
  readonly installation: string;
  readonly rowKey: string;
  readonly attemptId: string;
  readonly taskId: string;
  readonly attempt: number;
}

export interface HandMadeJob {
  readonly name: string;
  readonly namespace: string;
  /** It hangs unless told. */
  readonly life?: string;
  /** None unless told: a Job that is nobody's. */
  readonly labels?: OwnLabels;
}

/** Creates a Job as somebody else than nightwatch; returns its uid. */
export async function createJobByHand(cluster: Cluster, job: HandMadeJob): Promise<string> {
  const { name, namespace, life = 'hang', labels } = job;
  const metadata = { name, namespace, labels: labels ? labelsOf(labels) : {} };
  const template = {
    metadata: { annotations: { [lifeAnnotation]: life } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'task', image: 'alpine' }] },
  };
  const manifest = { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { backoffLimit: 0, template } };
  const uid = await cluster.kubectl(['create', '-f', '-', '-o', 'jsonpath={.metadata.uid}'], JSON.stringify(manifest));
  return uid.trim();
}

function labelsOf({ installation, rowKey, attemptId, taskId, attempt }: OwnLabels): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/managed-by': 'nightwatch',
    [`${domain}/installation`]: installation,
    [`${domain}/attempt-id`]: attemptId,
    [`${domain}/row-key`]: rowKey,
    [`${domain}/task-id`]: taskId,
    [`${domain}/attempt`]: String(attempt),
  };
}
