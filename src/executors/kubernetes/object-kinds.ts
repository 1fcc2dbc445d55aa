import { type JobView, readJob } from '../../task/job-view.ts';
import { type PodView, readPod } from '../../task/pod-view.ts';

/** A kind of objects that is listed and watched in a namespace. */
export interface ObjectKind<View> {
  /** Names it in logs. */
  readonly name: string;
  readonly pathIn: (namespace: string) => string;
  /** How many come with one page of a list. */
  readonly pageSize: number;
  /** Undefined when it is no object of the kind. */
  readonly read: (object: unknown) => View | undefined;
}

export const jobKind: ObjectKind<JobView> = {
  name: 'jobs',
  pathIn: (namespace) => `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs`,
  pageSize: 250,
  read: readJob,
};

/** A pod is a few times as long as a Job. */
export const podKind: ObjectKind<PodView> = {
  name: 'pods',
  pathIn: (namespace) => `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
  pageSize: 200,
  read: readPod,
};
