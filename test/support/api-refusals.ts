import { aStatus } from './builders.ts';

/** What an API server answers in so many words; taken from real ones. */
export const refusals = {
  alreadyExists: aStatus(409, 'AlreadyExists', 'jobs.batch "demo-task-1" already exists', {
    name: 'demo-task-1',
    group: 'batch',
    kind: 'jobs',
  }),
  beingDeleted: aStatus(409, 'AlreadyExists', 'object is being deleted: jobs.batch "demo-task-1" already exists'),
  staleUid: aStatus(
    409,
    'Conflict',
    'Operation cannot be fulfilled on jobs.batch "demo-task-1": the UID in the precondition (a) does not match the UID in record (b). The object might have been deleted and then recreated',
  ),
  quotaRace: aStatus(
    409,
    'Conflict',
    'Operation cannot be fulfilled on resourcequotas "jobs": the object has been modified; please apply your changes to the latest version and try again',
    { name: 'jobs', kind: 'resourcequotas' },
  ),
  invalid: aStatus(
    422,
    'Invalid',
    'Job.batch "demo-task-1" is invalid: spec.template.spec.containers[0].image: Required value',
    {
      causes: [
        { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.template.spec.containers[0].image' },
      ],
    },
  ),
  strictDecoding: aStatus(
    400,
    'BadRequest',
    'Job in version "v1" cannot be handled as a Job: strict decoding error: unknown field "spec.parallel"',
  ),
  namespaceTerminating: aStatus(
    403,
    'Forbidden',
    'jobs.batch "demo-task-1" is forbidden: unable to create new content in namespace default because it is being terminated',
    {
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: 'namespace default is being terminated',
          field: 'metadata.namespace',
        },
      ],
    },
  ),
  quotaExceeded: aStatus(
    403,
    'Forbidden',
    'jobs.batch "demo-task-1" is forbidden: exceeded quota: jobs, requested: count/jobs.batch=1, used: count/jobs.batch=5, limited: count/jobs.batch=5',
  ),
  quotaFailed: aStatus(
    403,
    'Forbidden',
    'jobs.batch "demo-task-1" is forbidden: failed quota: cpu: must specify limits.cpu',
  ),
  noRole: aStatus(
    403,
    'Forbidden',
    'jobs.batch is forbidden: User "system:serviceaccount:nightwatch:nightwatch" cannot create resource "jobs" in API group "batch" in the namespace "default"',
  ),
  unauthorized: aStatus(401, 'Unauthorized', 'Unauthorized'),
  noNamespace: aStatus(404, 'NotFound', 'namespaces "default" not found', { name: 'default', kind: 'namespaces' }),
  noJob: aStatus(404, 'NotFound', 'jobs.batch "demo-task-1" not found', {
    name: 'demo-task-1',
    group: 'batch',
    kind: 'jobs',
  }),
  webhookDenied: aStatus(
    400,
    'BadRequest',
    'admission webhook "policy.example.com" denied the request: no cost centre',
  ),
  policyDenied: aStatus(
    422,
    'Invalid',
    "jobs.batch \"demo-task-1\" is forbidden: ValidatingAdmissionPolicy 'images' with binding 'all' denied request: the image is not signed",
  ),
  tooLarge: aStatus(413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728'),
  tooMany: aStatus(
    429,
    'TooManyRequests',
    'the server has received too many requests and has asked us to try again later',
  ),
  webhookBroken: aStatus(
    500,
    'InternalError',
    'Internal error occurred: failed calling webhook "policy.example.com": failed to call webhook: context deadline exceeded',
  ),
  etcdLeader: aStatus(503, 'ServiceUnavailable', 'etcdserver: leader changed'),
  timeout: aStatus(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout'),
  expired: aStatus(410, 'Expired', 'too old resource version: 1 (2000)'),
} as const;
