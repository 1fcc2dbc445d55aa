import { z } from 'zod';
import { fewItems } from './few-items.ts';

/** Whole numbers of a range; the range is in the JSON Schema too, which refinements never reach by themselves. */
export function wholeNumber(minimum: number, maximum: number) {
  const error = `has to be a whole number from ${minimum} to ${maximum}`;
  return z
    .number({ error })
    .refine((value) => Number.isSafeInteger(value) && value >= minimum && value <= maximum, { error })
    .meta({ type: 'integer', minimum, maximum });
}

/** Any numbers of a range, fractions among them. */
export function numberBetween(minimum: number, maximum: number) {
  const error = `has to be a number from ${minimum} to ${maximum}`;
  return z
    .number({ error })
    .refine((value) => value >= minimum && value <= maximum, { error })
    .meta({ minimum, maximum });
}

/** Whole numbers of a range, none twice; in any order. */
export function wholeNumbers(minimum: number, maximum: number, maximumCount: number) {
  const errors = { type: 'has to be a list of whole numbers', count: `has to have 1 to ${maximumCount} numbers` };
  return fewItems(wholeNumber(minimum, maximum), maximumCount, errors)
    .superRefine((values, context) => {
      const seen = new Set<number>();
      for (const [index, value] of values.entries()) {
        if (seen.has(value)) context.addIssue({ code: 'custom', path: [index], message: `${value} is there twice` });
        seen.add(value);
      }
    })
    .meta({ minItems: 1, maxItems: maximumCount, uniqueItems: true });
}
