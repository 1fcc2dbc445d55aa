import { z } from 'zod';
import { checkedText } from './checked-text.ts';
import { fewItems } from './few-items.ts';
import { qualifiedNameFault } from './metadata-key.ts';
import { conditionStatuses, exitCodeOperators, podFailureActions, type TaskSpec } from './task-spec.ts';
import { wholeNumbers } from './whole-number.ts';

// Kubernetes' own limits.
const maximumRules = 20;
const maximumConditions = 20;
const maximumValues = 255;

const onExitCodes = z
  .strictObject(
    {
      operator: z.enum(exitCodeOperators, { error: `has to be one of ${exitCodeOperators.join(', ')}` }),
      values: wholeNumbers(0, 255, maximumValues),
    },
    { error: 'has to be an object with an operator and values' },
  )
  .superRefine(({ operator, values }, context) => {
    const index = values.indexOf(0);
    if (operator !== 'In' || index < 0) return;
    const message = 'a pod that ended with 0 has not failed: leave 0 out, or use the operator NotIn';
    context.addIssue({ code: 'custom', path: ['values', index], message });
  });

const condition = z.strictObject(
  {
    type: checkedText((type) => qualifiedNameFault('type', type)),
    status: z.exactOptional(
      z.enum(conditionStatuses, { error: `has to be one of ${conditionStatuses.join(', ')}, in double quotes` }),
    ),
  },
  { error: 'has to be an object with a type' },
);

const rule = z
  .strictObject(
    {
      action: z.enum(podFailureActions, { error: `has to be one of ${podFailureActions.join(', ')}` }),
      onExitCodes: z.exactOptional(onExitCodes),
      onPodConditions: z.exactOptional(
        fewItems(condition, maximumConditions, {
          type: 'has to be a list of conditions',
          count: `has to have 1 to ${maximumConditions} conditions`,
        }),
      ),
    },
    { error: 'has to be an object with an action' },
  )
  .refine((given) => (given.onExitCodes === undefined) !== (given.onPodConditions === undefined), {
    error: 'has to have either onExitCodes or onPodConditions',
  })
  .meta({ oneOf: [{ required: ['onExitCodes'] }, { required: ['onPodConditions'] }] });

/** `info.podFailurePolicy`: as Kubernetes has it, but without the name of the container, for there is only one. */
export const podFailureSchema = z.strictObject(
  {
    rules: fewItems(rule, maximumRules, {
      type: 'has to be a list of rules',
      count: `has to have 1 to ${maximumRules} rules`,
    }),
  },
  { error: 'has to be an object with rules' },
) satisfies z.ZodType<TaskSpec['podFailurePolicy']>;
