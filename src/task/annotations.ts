import { labelDomain } from './labels.ts';

/*
 * What nightwatch writes on the Job of an attempt so that whoever leads later can act on it: what was asked for when the
 * Job was made, not what its row has been changed to since. The annotations are on the pods too, where `template` says so.
 */

/** The policy by which a failed attempt is repeated, as JSON. */
export const retryAnnotation = `${labelDomain}/retry`;
/** How many bytes of the end of the log are kept, decimal; 0 for none. On the pods too. */
export const logBytesAnnotation = `${labelDomain}/log-bytes`;
/** How long after its end the Job is to be deleted, whole seconds, decimal. */
export const cleanUpSecondsAnnotation = `${labelDomain}/clean-up-seconds`;
/** 'true': nightwatch suspended the Job because its row is held; one that somebody else suspends is left alone. */
export const suspendedAnnotation = `${labelDomain}/suspended`;
/** How long after the Job's start no pod may have started before the attempt is ended, whole seconds, decimal. */
export const startDeadlineAnnotation = `${labelDomain}/start-deadline-seconds`;
