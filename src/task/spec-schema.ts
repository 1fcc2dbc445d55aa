import { z } from 'zod';
import { checkedText, textError } from './checked-text.ts';
import { imageFault } from './image-reference.ts';
import { quoted } from './message.ts';
import { annotationKeyFault, labelKeyFault, labelValueFault } from './metadata-key.ts';
import { objectNameFault } from './names.ts';
import { amountKeys, resourcesSchema } from './resources-schema.ts';
import { imagePullPolicies, type TaskSpec } from './task-spec.ts';

const largestInt32 = 2 ** 31 - 1;
/** One row with more pods at a time would keep the Job controller from everybody else's Jobs. */
const largestParallelism = 10_000;

const text = z.string({ error: textError });
const words = z.array(text, { error: 'has to be a list of strings' });
const image = checkedText(imageFault, (issue) =>
  issue.input === undefined ? "is missing: name the image to run, such as 'alpine:3.22'" : textError,
);

/** Everything that `info` may say; unknown keys are faults, for a misspelt one would be ignored silently. */
export const specSchema = z.strictObject(
  {
    image,
    command: z.exactOptional(words),
    args: z.exactOptional(words),
    env: z.exactOptional(namedTexts(environmentNameFault, 500)),
    workingDir: z.exactOptional(checkedText(workingDirFault)),
    resources: z.exactOptional(resourcesSchema),
    imagePullPolicy: z.exactOptional(
      z.enum(imagePullPolicies, { error: `has to be one of ${imagePullPolicies.join(', ')}` }),
    ),
    imagePullSecrets: z.exactOptional(
      z
        .array(checkedText(objectNameFault), { error: 'has to be a list of names' })
        .max(16, 'may have at most 16 names'),
    ),
    serviceAccountName: z.exactOptional(checkedText(objectNameFault)),
    labels: z.exactOptional(namedTexts(labelKeyFault, 64, labelValueFault)),
    annotations: z.exactOptional(namedTexts(annotationKeyFault, 64)),
    deadlineSeconds: z.exactOptional(wholeNumber(1, largestInt32)),
    backoffLimit: z.exactOptional(wholeNumber(0, largestInt32)),
    parallelism: z.exactOptional(wholeNumber(1, largestParallelism)),
    completions: z.exactOptional(wholeNumber(1, largestInt32)),
  },
  { error: 'info has to be a JSON object' },
) satisfies z.ZodType<TaskSpec>;

/** The keys that an object of `info` knows, by the path of that object. */
export function knownKeysAt(path: readonly PropertyKey[]): readonly string[] {
  switch (path.join('.')) {
    case '':
      return Object.keys(specSchema.shape);
    case 'resources':
      return Object.keys(resourcesSchema.shape);
    default:
      return amountKeys;
  }
}

function namedTexts(
  nameFault: (name: string) => string | undefined,
  maximumCount: number,
  valueFault: (value: string) => string | undefined = () => undefined,
) {
  const isFew = (given: unknown) => typeof given !== 'object' || Object.keys(given ?? {}).length <= maximumCount;
  // Counted first: to say of each of two thousand entries what is wrong with it is costly, and would be told of few.
  return z
    .unknown()
    .refine(isFew, { error: `may have at most ${maximumCount} entries`, abort: true })
    .pipe(z.record(checkedText(nameFault), checkedText(valueFault), { error: 'has to be an object of strings' }));
}

function wholeNumber(minimum: number, maximum: number) {
  const error = `has to be a whole number from ${minimum} to ${maximum}`;
  return z
    .number({ error })
    .refine((value) => Number.isSafeInteger(value) && value >= minimum && value <= maximum, { error });
}

/** Kubernetes (since 1.32, and as an option before) takes any printable ASCII text without '=' for a variable's name. */
function environmentNameFault(name: string): string | undefined {
  if (/^[ -<>-~]+$/.test(name)) return undefined;
  return name === ''
    ? 'a variable needs a name'
    : `the name ${quoted(name)} is not right: write printable ASCII characters other than '='`;
}

function workingDirFault(path: string): string | undefined {
  return path.startsWith('/') ? undefined : `${quoted(path)} is not an absolute path: begin it with '/'`;
}
