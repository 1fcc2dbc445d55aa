import { z } from 'zod';
import { checkedText, textError } from './checked-text.ts';
import { imageFault } from './image-reference.ts';
import { quoted } from './message.ts';
import { annotationKeyFault, labelKeyFault, labelValueFault } from './metadata-key.ts';
import { objectNameFault } from './names.ts';
import { podFailureSchema } from './pod-failure-schema.ts';
import { maximumLogBytes } from './policy.ts';
import { resourcesSchema } from './resources-schema.ts';
import { retrySchema } from './retry-schema.ts';
import { ruleFaults } from './spec-rules.ts';
import { taskEnvironmentPrefix } from './task-environment.ts';
import { completionModes, imagePullPolicies, type TaskSpec } from './task-spec.ts';
import { wholeNumber } from './whole-number.ts';

const largestInt32 = 2 ** 31 - 1;
/** One row with more pods at a time would keep the Job controller from everybody else's Jobs. */
const largestParallelism = 10_000;
/** Kubernetes' own limit, since the failed indexes are listed in the Job's status. */
const largestFailedIndexes = 100_000;
/** A year: a Job that is kept longer is forgotten. */
const largestTtlSeconds = 366 * 24 * 60 * 60;

const text = z.string({ error: textError });
const words = z.array(text, { error: 'has to be a list of strings' });

// The patterns are for editors, which get the JSON Schema: each lets pass at least what the function beside it does.
const image = checkedText(imageFault, (issue) =>
  issue.input === undefined ? "is missing: name the image to run, such as 'alpine:3.22'" : textError,
).meta({ pattern: '^[!-~]+$', maxLength: 1024 });
const environmentName = checkedText(environmentNameFault).meta({
  pattern: `^(?!${taskEnvironmentPrefix})[ -<>-~]+$`,
});
const workingDir = checkedText(workingDirFault).meta({ pattern: '^/' });
const objectName = checkedText(objectNameFault).meta({ pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$', maxLength: 253 });
const nameInKey = '[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?';
const keyPattern = { pattern: `^([a-z0-9.-]+/)?${nameInKey}$` };
const labelKey = checkedText(labelKeyFault).meta(keyPattern);
const annotationKey = checkedText(annotationKeyFault).meta(keyPattern);
const labelValue = checkedText(labelValueFault).meta({ pattern: `^(${nameInKey})?$`, maxLength: 63 });
const log = z.union([z.literal(false), z.strictObject({ tailBytes: wholeNumber(1, maximumLogBytes) })], {
  error: 'has to be false, or an object such as {"tailBytes": 4096}',
});

/** Everything that `info` may say; unknown keys are faults, for a misspelt one would be ignored silently. */
export const specSchema = z
  .strictObject(
    {
      image,
      command: z.exactOptional(words),
      args: z.exactOptional(words),
      env: z.exactOptional(namedTexts(environmentName, 500, text)),
      workingDir: z.exactOptional(workingDir),
      resources: z.exactOptional(resourcesSchema),
      imagePullPolicy: z.exactOptional(
        z.enum(imagePullPolicies, { error: `has to be one of ${imagePullPolicies.join(', ')}` }),
      ),
      imagePullSecrets: z.exactOptional(
        z.array(objectName, { error: 'has to be a list of names' }).max(16, 'may have at most 16 names'),
      ),
      serviceAccountName: z.exactOptional(objectName),
      labels: z.exactOptional(namedTexts(labelKey, 64, labelValue)),
      annotations: z.exactOptional(namedTexts(annotationKey, 64, text)),
      deadlineSeconds: z.exactOptional(wholeNumber(1, largestInt32)),
      startDeadlineSeconds: z.exactOptional(wholeNumber(1, largestInt32)),
      terminationGracePeriodSeconds: z.exactOptional(wholeNumber(0, largestInt32)),
      backoffLimit: z.exactOptional(wholeNumber(0, largestInt32)),
      parallelism: z.exactOptional(wholeNumber(1, largestParallelism)),
      completions: z.exactOptional(wholeNumber(1, largestInt32)),
      completionMode: z.exactOptional(
        z.enum(completionModes, { error: `has to be one of ${completionModes.join(', ')}` }),
      ),
      backoffLimitPerIndex: z.exactOptional(wholeNumber(0, largestInt32)),
      maxFailedIndexes: z.exactOptional(wholeNumber(0, largestFailedIndexes)),
      podFailurePolicy: z.exactOptional(podFailureSchema),
      retry: z.exactOptional(retrySchema),
      ttlSecondsAfterFinished: z.exactOptional(wholeNumber(0, largestTtlSeconds)),
      log: z.exactOptional(log),
    },
    { error: 'info has to be a JSON object' },
  )
  .superRefine((spec, context) => {
    for (const { path, message } of ruleFaults(spec)) context.addIssue({ code: 'custom', path: [...path], message });
  }) satisfies z.ZodType<TaskSpec>;

function namedTexts<Name extends z.ZodType<string, string>>(
  name: Name,
  maximumCount: number,
  value: z.ZodType<string>,
) {
  const isFew = (given: unknown) => typeof given !== 'object' || Object.keys(given ?? {}).length <= maximumCount;
  // Counted first: to say of each of two thousand entries what is wrong with it is costly, and would be told of few.
  return z
    .unknown()
    .refine(isFew, { error: `may have at most ${maximumCount} entries`, abort: true })
    .pipe(z.record(name, value, { error: 'has to be an object of strings' }))
    .meta({ maxProperties: maximumCount });
}

/** Kubernetes (since 1.32, and as an option before) takes any printable ASCII text without '=' for a variable's name. */
function environmentNameFault(name: string): string | undefined {
  if (name.startsWith(taskEnvironmentPrefix)) {
    return `the name ${quoted(name)} is reserved: names that begin with ${taskEnvironmentPrefix} are set by nightwatch itself`;
  }
  if (/^[ -<>-~]+$/.test(name)) return undefined;
  return name === ''
    ? 'a variable needs a name'
    : `the name ${quoted(name)} is not right: write printable ASCII characters other than '='`;
}

function workingDirFault(path: string): string | undefined {
  return path.startsWith('/') ? undefined : `${quoted(path)} is not an absolute path: begin it with '/'`;
}
