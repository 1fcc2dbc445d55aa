import { optional, required, withDefault } from './declare-setting.ts';
import { duration, wholeNumber } from './kinds.ts';
import {
  cpu,
  imagePatterns,
  logBytes,
  lostNamespaces,
  memory,
  namespaces,
  podSecurity,
  serviceAccounts,
} from './launch-kinds.ts';

const dayMs = 24 * 60 * 60_000;

/** What rows may have, and what they get that do not say. */
export const rowSettings = {
  NIGHTWATCH_NAMESPACES: required(namespaces, 'The namespaces in which rows may have Jobs.'),
  NIGHTWATCH_LOST_NAMESPACES: withDefault(
    lostNamespaces,
    '',
    'Namespaces that will never be seen again: rows whose Jobs were there fail.',
  ),
  NIGHTWATCH_IMAGES: optional(
    imagePatterns,
    'any image',
    'The images that rows may run; `*` stands for any characters.',
  ),
  NIGHTWATCH_SERVICE_ACCOUNTS: withDefault(serviceAccounts, '', 'The service accounts that rows may name.'),
  NIGHTWATCH_POD_SECURITY: withDefault(
    podSecurity,
    '',
    'The Pod Security level of Jobs by namespace: `restricted` (also where nothing is said), `baseline` or `privileged`.',
  ),
  NIGHTWATCH_RUN_AS_USER: withDefault(
    wholeNumber(1, 2 ** 31 - 1),
    '65532',
    'User and group id of containers in `restricted` namespaces.',
  ),
  NIGHTWATCH_MAX_CPU: optional(cpu, 'no maximum', 'The most cpu that each pod of a row may ask for.'),
  NIGHTWATCH_MAX_MEMORY: optional(memory, 'no maximum', 'The most memory that each pod of a row may ask for.'),
  NIGHTWATCH_MAX_DEADLINE: optional(
    duration(1_000, 366 * dayMs),
    'no maximum',
    'The longest deadline of a row, in whole seconds.',
  ),
  NIGHTWATCH_MAX_START_DEADLINE: optional(
    duration(1_000, 366 * dayMs),
    'no maximum',
    'The longest that a row may wait for its pods to start, in whole seconds.',
  ),
  NIGHTWATCH_MAX_TERMINATION_GRACE: optional(
    duration(0, 366 * dayMs),
    'no maximum',
    'The longest that pods of a row may take to stop, in whole seconds.',
  ),
  NIGHTWATCH_MAX_PARALLELISM: optional(
    wholeNumber(1, 100_000),
    'no maximum',
    'The most pods that a row may run at a time.',
  ),
  NIGHTWATCH_MAX_ATTEMPTS: optional(
    wholeNumber(1, 1_000),
    'no maximum',
    'The most attempts that a row may ask for by `retry`.',
  ),
  NIGHTWATCH_CLEAN_UP_AFTER: withDefault(
    duration(0, 366 * dayMs),
    '1h',
    'How long after its end a Job is deleted whose row does not say; never before its exit code and log are stored.',
  ),
  NIGHTWATCH_MAX_CLEAN_UP_AFTER: optional(
    duration(0, 366 * dayMs),
    'no maximum',
    'The longest that a row may have its ended Job kept, in whole seconds.',
  ),
  NIGHTWATCH_KEEP_LOG: withDefault(
    logBytes,
    '64Ki',
    'How much is kept of the end of the log of an attempt whose row does not say; 0 for nothing.',
  ),
  NIGHTWATCH_MAX_LOG: optional(logBytes, '`1Mi`', 'The most that a row may have kept of a log.'),
} as const;
