import { logFormats, logLevels } from '../log.ts';
import { databaseAddress } from './database-address.ts';
import { optional, required, withDefault } from './declare-setting.ts';
import { httpAddress } from './http-address.ts';
import { duration, matching, oneOf, textKind, trueOrFalse, wholeNumber } from './kinds.ts';
import { kubernetesSources } from './kubernetes-access.ts';
import { redisAddresses } from './redis-addresses.ts';
import { rowSettings } from './row-settings.ts';
import { commands, type ValueOf } from './setting.ts';
import { watcherChoices } from './watcher-choices.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const secret = true;

const kubeconfigPath = textKind('the path of one kubeconfig file', (text) => {
  if (text.includes(':')) return { result: 'invalid', problem: 'several files are not merged' };
  return text === '' ? { result: 'invalid' } : { result: 'valid', value: text };
});
const lockName = matching(/^[a-z0-9._-]{1,64}$/, "1 to 64 lower-case letters, digits, '.', '_' and '-'");
const replicaName = matching(/^[\x21-\x7e]{1,64}$/, '1 to 64 visible ASCII characters without spaces');
const leaseTime = duration(10, 10 * minuteMs);

/** Every setting there is, in the order of the reference; a name is the same in the environment and in the file. */
export const settings = {
  NIGHTWATCH_DATABASE_URL: {
    ...required(
      databaseAddress,
      'Where the `task` table is. Without `tls`, a server on a loopback address is spoken to in plain, any other one is verified.',
    ),
    usedBy: commands,
    secret,
  },
  NIGHTWATCH_DATABASE_SINGLE_WRITER: withDefault(
    trueOrFalse,
    'false',
    'Confirms that only one node of a Galera cluster or multi-primary group is written to; without it such a server is refused.',
  ),
  NIGHTWATCH_REDIS_URLS: {
    ...required(
      redisAddresses,
      'The independent Redis servers that keep the lock: an odd number, a majority of which has to be up.',
    ),
    secret,
  },
  ...rowSettings,
  NIGHTWATCH_KEEP_ENDED: optional(
    duration(60 * minuteMs, 366 * dayMs),
    'for ever',
    'How long rows are kept after their end, with their attempts; the service needs the right to delete then.',
  ),
  NIGHTWATCH_KEEP_ENDED_ROWS: optional(
    wholeNumber(0, 10_000_000),
    'all',
    'How many rows that have ended are kept: those that ended last.',
  ),
  NIGHTWATCH_KUBERNETES: optional(
    oneOf(kubernetesSources),
    '`kubeconfig` if `KUBECONFIG` is set, `in-cluster` in a pod',
    'How the API server is found.',
  ),
  KUBECONFIG: optional(kubeconfigPath, 'none', 'The kubeconfig file, whose current context is used.'),
  NIGHTWATCH_LOCK_NAME: withDefault(
    lockName,
    'nightwatch',
    'The name of the lock: the same for all replicas of one database.',
  ),
  NIGHTWATCH_REPLICA: optional(
    replicaName,
    '`<host name>-<process id>`',
    'The name of this replica in logs and in the `leader` table.',
  ),
  NIGHTWATCH_LEASE_TTL: withDefault(leaseTime, '5s', 'How long the lock lives without a renewal.'),
  NIGHTWATCH_LEASE_RENEW: withDefault(leaseTime, '1s', 'How often the leader renews the lock.'),
  NIGHTWATCH_LEASE_WORK: withDefault(leaseTime, '3.3s', 'How long after its last renewal a leader may act.'),
  NIGHTWATCH_LEASE_HARD: withDefault(
    leaseTime,
    '4.4s',
    'How long after its last renewal a leader that has not stopped by itself ends.',
  ),
  NIGHTWATCH_REDIS_TIMEOUT: withDefault(leaseTime, '500ms', 'How long one command to Redis may take.'),
  NIGHTWATCH_CAMPAIGN_INTERVAL: withDefault(leaseTime, '500ms', 'How often a replica tries to become the leader.'),
  NIGHTWATCH_DISPATCH_INTERVAL: withDefault(duration(1, minuteMs), '10ms', 'How often new rows are looked for.'),
  NIGHTWATCH_CREATES_IN_FLIGHT: withDefault(
    wholeNumber(1, 256),
    '16',
    'The most Jobs that are being created at a time.',
  ),
  NIGHTWATCH_CREATE_LEASE: withDefault(
    duration(1_000, dayMs),
    '30s',
    'After how long a row whose Job was not seen is looked at again.',
  ),
  NIGHTWATCH_CREATE_DEADLINE: withDefault(
    duration(1_000, 366 * dayMs),
    '1h',
    'How long a Job that cannot be created is tried before its row fails.',
  ),
  NIGHTWATCH_ORPHANS: withDefault(
    oneOf(['keep', 'delete']),
    'keep',
    'What becomes of Jobs of this installation whose row is gone: `keep` reports them, `delete` removes them too.',
  ),
  NIGHTWATCH_ACCEPT_DELETED_JOBS: withDefault(
    trueOrFalse,
    'false',
    'Confirms that many Jobs were deleted on purpose, so that their rows may fail even when they are very many at once.',
  ),
  NIGHTWATCH_WATCHERS: withDefault(
    watcherChoices,
    '',
    'Schedules of watchers by name, `name=@every 30s;name=0 */5 * * * *`; `name=off` stops one.',
  ),
  NIGHTWATCH_HTTP_ADDR: withDefault(
    httpAddress,
    '0.0.0.0:8080',
    'Where `/livez` and `/readyz` are served; port 0 takes a free one.',
  ),
  NIGHTWATCH_LOG_LEVEL: {
    ...withDefault(oneOf(logLevels), 'info', 'The least level that is logged.'),
    usedBy: commands,
  },
  NIGHTWATCH_LOG_FORMAT: {
    ...withDefault(oneOf(logFormats), 'auto', '`auto` is `pretty` on a terminal and `json` elsewhere.'),
    usedBy: commands,
  },
} as const;

export type SettingName = keyof typeof settings;

/** The values of all settings, by name. */
export type SettingValues = { readonly [Name in SettingName]: ValueOf<(typeof settings)[Name]> };

export const settingNames = Object.keys(settings) as readonly SettingName[];
