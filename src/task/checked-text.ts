import { z } from 'zod';

export const textError = 'has to be a string: write it in double quotes';

/** A string for which a function of ours knows what is wrong with it; undefined from it lets the string pass. */
export function checkedText(
  faultOf: (text: string) => string | undefined,
  typeError: (issue: { readonly input?: unknown }) => string = () => textError,
) {
  return z.string({ error: typeError }).superRefine((text, context) => {
    const fault = faultOf(text);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });
}
