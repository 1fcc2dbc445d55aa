import { z } from 'zod';
import { nearest } from '../nearest.ts';
import { checkedText } from './checked-text.ts';
import { type RetryWord, retryWords } from './failure-class.ts';
import { fewItems } from './few-items.ts';
import { quoted } from './message.ts';
import type { RetrySpec } from './task-spec.ts';
import { numberBetween, wholeNumber, wholeNumbers } from './whole-number.ts';

const largestPauseSeconds = 86_400;
const largestAttempts = 1_000;
const largestExitCode = 255;
const maximumCauses = 20;

const cause = z.union(
  [
    checkedText(causeFault)
      .transform((word) => word as RetryWord)
      .meta({ type: 'string', enum: [...retryWords] }),
    z.strictObject({ exitCodes: wholeNumbers(1, largestExitCode, largestExitCode) }),
  ],
  { error: 'has to be a class or a reason, or an object such as {"exitCodes": [75]}' },
);

/** `info.retry`. */
export const retrySchema = z.strictObject(
  {
    maxAttempts: wholeNumber(1, largestAttempts),
    backOff: z.exactOptional(
      z
        .strictObject(
          {
            initialSeconds: z.exactOptional(wholeNumber(0, largestPauseSeconds)),
            factor: z.exactOptional(numberBetween(1, 10)),
            maximumSeconds: z.exactOptional(wholeNumber(0, largestPauseSeconds)),
            jitter: z.exactOptional(numberBetween(0, 1)),
          },
          { error: 'has to be an object' },
        )
        .superRefine(({ initialSeconds, maximumSeconds }, context) => {
          if (initialSeconds === undefined || maximumSeconds === undefined || initialSeconds <= maximumSeconds) return;
          const message = `${initialSeconds} is more than maximumSeconds: ask for ${maximumSeconds} or less`;
          context.addIssue({ code: 'custom', path: ['initialSeconds'], message });
        }),
    ),
    on: z.exactOptional(
      fewItems(cause, maximumCauses, {
        type: 'has to be a list of classes, reasons and exit codes',
        count: `has to have 1 to ${maximumCauses} entries: leave it out to repeat whatever failed`,
      }),
    ),
  },
  { error: 'has to be an object' },
) satisfies z.ZodType<RetrySpec>;

function causeFault(word: string): string | undefined {
  if (retryWords.some((known) => known === word)) return undefined;
  const meant = nearest(word, retryWords);
  return meant === undefined
    ? `${quoted(word)} is nothing that is repeated: write one of ${retryWords.join(', ')}`
    : `${quoted(word)} is nothing that is repeated: did you mean '${meant}'?`;
}
