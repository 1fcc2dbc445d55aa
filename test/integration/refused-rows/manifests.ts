/** Refuses every Job that has the label `refuse`, as a policy of the cluster's owner would. */
export const denyPolicy = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'nightwatch-test' },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: ['batch'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['jobs'] }],
        },
        validations: [
          {
            expression: "!('refuse' in object.metadata.?labels.orValue({}))",
            message: 'the owner of the cluster does not like it',
          },
        ],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'nightwatch-test' },
      spec: { policyName: 'nightwatch-test', validationActions: ['Deny'] },
    },
  ],
});

/** Room for this many Jobs in a namespace. */
export function noJobsQuota(jobs: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'jobs' },
    spec: { hard: { 'count/jobs.batch': String(jobs) } },
  });
}
