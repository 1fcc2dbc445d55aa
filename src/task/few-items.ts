import { z } from 'zod';

/**
 * A list of one item to so many.
 *
 * Counted first: to say of each of two thousand items what is wrong with it is costly, and would be told of few.
 */
export function fewItems<Item extends z.ZodType>(
  item: Item,
  maximum: number,
  errors: { readonly type: string; readonly count: string },
) {
  const isFew = (given: unknown) => !Array.isArray(given) || (given.length > 0 && given.length <= maximum);
  return z
    .unknown()
    .refine(isFew, { error: errors.count, abort: true })
    .pipe(z.array(item, { error: errors.type }))
    .meta({ minItems: 1, maxItems: maximum });
}
