/**
 * Every word that nightwatch writes to the `reason` column, with what it means and what to do.
 *
 * The vocabulary is closed, so that programs may branch on it: a word is added here, never invented where it is written.
 */
export const reasons = {
  // Verdicts on the row itself, before anything was asked of the cluster.
  InvalidName:
    'The name or the namespace is not one that Kubernetes accepts: correct it as the message says and set the status to Normal.',
  NamespaceNotAllowed:
    'Tasks may not run in this namespace: use one of the allowed ones, or have an operator add it to NIGHTWATCH_NAMESPACES.',
  InvalidSpec:
    'What the row asks for in info cannot become a Job: correct what the message lists and set the status to Normal.',
  ImageNotAllowed:
    'The image matches none of the allowed patterns: use an allowed one, or have an operator add a pattern to NIGHTWATCH_IMAGES.',
  ServiceAccountNotAllowed:
    'Tasks may not run under this service account: leave serviceAccountName out, or have an operator add it to NIGHTWATCH_SERVICE_ACCOUNTS.',
  MaximumExceeded:
    'The row asks for more than one task may have: ask for no more than the message says, or have an operator raise the maximum.',

  // Why the Job of an accepted row has not been created yet, or never was.
  NameConflict:
    'Another Job has this name in the namespace: give the task another name, or delete that Job if nobody needs it.',
  Forbidden:
    'The cluster does not let nightwatch use this namespace: an operator has to create the namespace, or its Role and RoleBinding.',
  NamespaceMissing:
    'The namespace does not exist: create it and the task starts by itself, or delete the row and insert it with another one.',
  NamespaceTerminating:
    'The namespace is being deleted: create it again when it is gone, or delete the row and insert it with another one.',
  QuotaExceeded:
    'The quota of the namespace is used up: the task starts by itself when there is room, or have an operator raise the quota.',
  AdmissionDenied:
    'A policy of the cluster refused the Job: change the task as the message asks, or talk to whoever keeps that policy.',
  ApiUnavailable:
    'The API server gave no clear answer, so the Job may or may not exist: nightwatch looks and tries again by itself.',
  CreateDeadline:
    'The Job could not be created within the create deadline: remove what the message says it waited for and set the status to Normal.',

  // Where an attempt stands whose Job exists.
  WaitingForPods:
    'The pods are made but none has started: if this lasts, look at their events for a missing image or too few resources.',
  'Unschedulable.Resources':
    'No node has room for a pod that asks for so much: ask for less in resources, or have an operator add nodes.',
  'Unschedulable.Taints':
    'The nodes that are free are kept for other work by their taints: have an operator add nodes, or take the taints away.',
  'Unschedulable.Affinity':
    'No node fits what the pod or its namespace asks of one: have an operator look at the node selectors and labels that the message names.',
  'Unschedulable.Other':
    'No node was found for the pod: the message is what the scheduler says, have an operator look at it.',
  'ImagePull.NotFound': 'The registry has no such image: correct the name or the tag of image in info.',
  'ImagePull.Unauthorized':
    'The registry does not let the node have the image: name the right Secret in imagePullSecrets, and look for a misspelt name of the image.',
  'ImagePull.Other':
    'The image cannot be pulled: the message is what the node says; the pod starts by itself once the registry can be reached.',
  ContainerConfig:
    'The container cannot be made or started as the task asks: correct command, workingDir or env as the message says.',
  PodSecurity:
    'The Pod Security level of the namespace refuses the pods: have an operator set NIGHTWATCH_POD_SECURITY for it to what the namespace enforces.',
  Suspended: "The task is held, as its user wants: it goes on when desired is set to 'Run'.",
  SuspendedElsewhere:
    'The Job is suspended by somebody other than nightwatch, such as a queue of the cluster: it goes on when they let it.',
  Delayed: 'The time in not_before is still to come: set it earlier, or to NULL, to have the task start sooner.',
  BackOff:
    'The last attempt failed and the next one waits for its turn: set the status to Normal to have it start at once.',
  StatusPutBack:
    'The status that was written contradicts the attempt that is under way, so it was put back: wait for its end before writing Normal.',

  // How an attempt ended.
  Cancelled: 'The task was cancelled, as its user wanted: set the status to Normal to run it again.',
  StartDeadline:
    'No pod started within startDeadlineSeconds: remove what the message says it waited for, or allow more time, and set the status to Normal.',
  NamespaceLost:
    'An operator declared the namespace of the Job lost, so its end is unknown: set the status to Normal to run the task again.',
  JobDeleted:
    'The Job was deleted before it had ended, so its end is unknown: set the status to Normal to run the task again.',
  ExitCode:
    'The container ended with an exit code other than 0: read its log, correct the cause and set the status to Normal.',
  OOMKilled:
    'The container used more memory than it may: raise resources.limits.memory in info, or have it use less, and set the status to Normal.',
  Evicted:
    'The pod was driven from its node, which lacked a resource or is being emptied: set the status to Normal, or ask for a retry in info.',
  NodeLost:
    'The node of the pod went away: set the status to Normal to run the task again, or ask for a retry in info.',
  Preempted:
    'The pod had to make room for one that is more important: set the status to Normal to run the task again, or ask for a retry in info.',
  PodRejected:
    'The node would not run the pod, for the reason in the message: set the status to Normal to have another node try.',
  BackoffLimitExceeded:
    'More pods failed than backoffLimit allows: read the logs of the last pod, correct the cause and set the status to Normal.',
  DeadlineExceeded:
    'The Job ran longer than deadlineSeconds and was stopped: make it faster or raise the deadline, and set the status to Normal.',
  PodFailurePolicy:
    'A pod failed in a way that the pod failure policy of the Job does not retry: correct the cause and set the status to Normal.',
  MaxFailedIndexesExceeded:
    'More indexes failed than the Job allows: read the logs of the failed pods, correct the cause and set the status to Normal.',
  FailedIndexes:
    'All indexes have ended and some of them failed: read the logs of the failed pods, correct the cause and set the status to Normal.',
  JobFailed:
    "The Job failed for a reason that nightwatch has no word for: the message begins with the Job controller's own word.",
} as const;

/** One of the words of {@link reasons}. */
export type Reason = keyof typeof reasons;
