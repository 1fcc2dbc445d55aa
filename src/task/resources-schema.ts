import { z } from 'zod';
import { checkedText } from './checked-text.ts';
import { quoted } from './message.ts';
import { bytesFault, cpuFault, cpuMillicores, quantityBytes } from './quantity.ts';

/** For editors, which get the JSON Schema; what is exactly right, the functions beside it know. */
const quantity = { pattern: '^\\+?[0-9]*\\.?[0-9]*([numkKMGTPE]i?|[eE][+-]?[0-9]{1,2})?$', maxLength: 40 };

const amounts = amountsSchema(cpuFault, bytesFault);

// To a kubelet a limit of 0 means no limit at all: it would step over the operator's maxima.
const limits = amountsSchema(
  (text) => cpuFault(text) ?? zeroFault(cpuMillicores(text)),
  (text) => bytesFault(text) ?? zeroFault(quantityBytes(text)),
);

/** `info.resources`: quantities that Kubernetes would take, no request above its limit. */
export const resourcesSchema = z
  .strictObject(
    { requests: z.exactOptional(amounts), limits: z.exactOptional(limits) },
    { error: 'has to be an object' },
  )
  .superRefine((resources, context) => {
    for (const [name, read] of [
      ['cpu', cpuMillicores],
      ['memory', quantityBytes],
      ['ephemeral-storage', quantityBytes],
    ] as const) {
      const request = resources.requests?.[name];
      const limit = resources.limits?.[name];
      if (request === undefined || limit === undefined || (read(request) ?? 0) <= (read(limit) ?? 0)) continue;
      const message = `${quoted(request)} is more than the limit ${quoted(limit)}: ask for the limit or less`;
      context.addIssue({ code: 'custom', path: ['requests', name], message });
    }
  });

function amountsSchema(cpu: (text: string) => string | undefined, bytes: (text: string) => string | undefined) {
  return z.strictObject(
    {
      cpu: z.exactOptional(checkedText(cpu).meta(quantity)),
      memory: z.exactOptional(checkedText(bytes).meta(quantity)),
      'ephemeral-storage': z.exactOptional(checkedText(bytes).meta(quantity)),
    },
    { error: 'has to be an object' },
  );
}

function zeroFault(amount: number | undefined): string | undefined {
  return amount === 0
    ? 'has to be more than 0: Kubernetes takes 0 for no limit, leave the key out if none is meant'
    : undefined;
}
