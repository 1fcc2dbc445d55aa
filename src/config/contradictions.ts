import { formatDuration } from '../duration.ts';
import { formatBytes } from '../task/quantity.ts';
import { type LeaseTimings, leaseFault } from './lease-timings.ts';
import type { SettingReadings } from './read-all-settings.ts';
import type { ConfigFault } from './setting.ts';
import type { SettingName, SettingValues } from './settings.ts';

/** Finds settings of `run` that are right each by itself, and wrong together; those at fault already are left out. */
export function contradictions(readings: SettingReadings): readonly ConfigFault[] {
  return [
    leaseContradiction(readings),
    strayPodSecurity(readings),
    lostButAllowed(readings),
    ...defaultsAboveMaximum(readings),
  ].filter((fault) => fault !== undefined);
}

const leaseNames: readonly SettingName[] = [
  'NIGHTWATCH_LEASE_RENEW',
  'NIGHTWATCH_LEASE_WORK',
  'NIGHTWATCH_LEASE_HARD',
  'NIGHTWATCH_LEASE_TTL',
  'NIGHTWATCH_REDIS_TIMEOUT',
];

function leaseContradiction({ values, origins }: SettingReadings): ConfigFault | undefined {
  const timings = leaseTimingsOf(values);
  const places = new Set(leaseNames.map((name) => origins.get(name)).filter((place) => place !== undefined));
  return timings === undefined ? undefined : leaseFault(timings, [...places].join(' and '));
}

function leaseTimingsOf(values: Partial<SettingValues>): LeaseTimings | undefined {
  const {
    NIGHTWATCH_LEASE_TTL: ttlMs,
    NIGHTWATCH_LEASE_RENEW: renewMs,
    NIGHTWATCH_LEASE_WORK: workMs,
    NIGHTWATCH_LEASE_HARD: hardMs,
    NIGHTWATCH_REDIS_TIMEOUT: redisTimeoutMs,
  } = values;
  if (ttlMs === undefined || renewMs === undefined || workMs === undefined) return undefined;
  if (hardMs === undefined || redisTimeoutMs === undefined) return undefined;
  return { ttlMs, renewMs, workMs, hardMs, redisTimeoutMs };
}

function strayPodSecurity({ values, origins }: SettingReadings): ConfigFault | undefined {
  const { NIGHTWATCH_POD_SECURITY: levels, NIGHTWATCH_NAMESPACES: namespaces } = values;
  if (levels === undefined || namespaces === undefined) return undefined;
  const stray = [...levels.keys()].filter((namespace) => !namespaces.includes(namespace));
  if (stray.length === 0) return undefined;
  return {
    name: 'NIGHTWATCH_POD_SECURITY',
    given: stray.join(', '),
    allowed: `only namespaces of NIGHTWATCH_NAMESPACES: ${namespaces.join(', ')}`,
    where: origins.get('NIGHTWATCH_POD_SECURITY') ?? 'default',
    problem: undefined,
  };
}

function lostButAllowed({ values, origins }: SettingReadings): ConfigFault | undefined {
  const { NIGHTWATCH_LOST_NAMESPACES: lost, NIGHTWATCH_NAMESPACES: namespaces } = values;
  const both = (lost ?? []).filter((namespace) => namespaces?.includes(namespace));
  if (both.length === 0) return undefined;
  return {
    name: 'NIGHTWATCH_LOST_NAMESPACES',
    given: both.join(', '),
    allowed: 'only namespaces that NIGHTWATCH_NAMESPACES does not name: a row cannot run where everything is lost',
    where: origins.get('NIGHTWATCH_LOST_NAMESPACES') ?? 'default',
    problem: undefined,
  };
}

/** What a row gets that does not say, and the most that one may ask for. */
const boundedDefaults = [
  ['NIGHTWATCH_CLEAN_UP_AFTER', 'NIGHTWATCH_MAX_CLEAN_UP_AFTER', formatDuration],
  ['NIGHTWATCH_KEEP_LOG', 'NIGHTWATCH_MAX_LOG', formatBytes],
] as const;

function defaultsAboveMaximum({ values, origins }: SettingReadings): readonly ConfigFault[] {
  return boundedDefaults.flatMap(([name, maximumName, format]) => {
    const value = values[name];
    const maximum = values[maximumName];
    if (value === undefined || maximum === undefined || value <= maximum) return [];
    return [
      {
        name,
        given: format(value),
        allowed: `no more than ${maximumName}, which is ${format(maximum)}`,
        where: origins.get(name) ?? 'default',
        problem: undefined,
      },
    ];
  });
}
