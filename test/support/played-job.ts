import { lifeAnnotation } from './played-pod.ts';

/** A Job that somebody else than nightwatch creates; `life` is its pods' life script, `spec` adds to its spec. */
export function aPlayedJob(job: {
  readonly name: string;
  readonly namespace: string;
  readonly life?: string;
  readonly spec?: object;
}): object {
  const annotations = job.life === undefined ? {} : { [lifeAnnotation]: job.life };
  const containers = [{ name: 'main', image: 'alpine', command: ['true'] }];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: job.name, namespace: job.namespace },
    spec: {
      backoffLimit: 0,
      template: { metadata: { annotations }, spec: { restartPolicy: 'Never', containers } },
      ...job.spec,
    },
  };
}
