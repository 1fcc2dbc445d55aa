import type { Config } from '../config.ts';
import { assembleMigrateConfig, assembleRunConfig } from './assemble-config.ts';
import { contradictions } from './contradictions.ts';
import { type Environment, environmentSource } from './environment-source.ts';
import { type ConfigFile, parseFile } from './file-source.ts';
import { type ChosenAccess, chooseKubernetesAccess } from './kubernetes-access.ts';
import { readAllSettings, type SettingReadings } from './read-all-settings.ts';
import type { ReadFile } from './read-setting.ts';
import type { Command, ConfigFault } from './setting.ts';
import type { SettingValues } from './settings.ts';
import type { Source } from './source.ts';
import { unknownNames } from './unknown-names.ts';

export interface ConfigInput {
  readonly command: Command;
  readonly environment: Environment;
  readonly file: ConfigFile | undefined;
  readonly readSecretFile: ReadFile;
  /** What this replica is called unless that is configured: visible ASCII, at most 64 characters. */
  readonly defaultReplica: string;
}

export type ParsedConfig =
  | { readonly result: 'valid'; readonly config: Config }
  | { readonly result: 'invalid'; readonly faults: readonly ConfigFault[] };

/**
 * Understands the configuration of a command, or says all that is wrong with it at once.
 *
 * The environment wins over the file. Settings that the command does not use are not looked at, but for their names.
 * Whatever is given, it never throws; it reaches outside only by `readSecretFile`.
 */
export function parseConfig(input: ConfigInput): ParsedConfig {
  const environment = environmentSource(input.environment);
  const file = input.file === undefined ? undefined : parseFile(input.file);
  if (file !== undefined && 'faults' in file)
    return invalid([...file.faults, ...faultsBesideBrokenFile(input, environment)]);
  const sources = file === undefined ? [environment] : [environment, file.source];
  const readings = readAllSettings(input.command, sources, input.readSecretFile);
  const faults = [...sources.flatMap(unknownNames), ...readings.faults];
  return input.command === 'run' ? runConfig(input, readings, faults) : migrateConfig(readings, faults);
}

/** What can be said of the environment alone: what is missing there may be in the file that could not be read. */
function faultsBesideBrokenFile({ command, readSecretFile }: ConfigInput, environment: Source): readonly ConfigFault[] {
  const { faults } = readAllSettings(command, [environment], readSecretFile);
  return [...unknownNames(environment), ...faults.filter((fault) => fault.given !== undefined)];
}

function migrateConfig(readings: SettingReadings, faults: readonly ConfigFault[]): ParsedConfig {
  if (faults.length > 0) return invalid(faults);
  return { result: 'valid', config: assembleMigrateConfig(completeValues(readings)) };
}

function runConfig(input: ConfigInput, readings: SettingReadings, ownFaults: readonly ConfigFault[]): ParsedConfig {
  const kubernetes = readKubernetesAccess(readings, input.environment);
  const accessFaults = kubernetes !== undefined && 'fault' in kubernetes ? [kubernetes.fault] : [];
  const faults = [...ownFaults, ...accessFaults, ...contradictions(readings)];
  if (faults.length > 0 || kubernetes === undefined || 'fault' in kubernetes) return invalid(faults);
  return { result: 'valid', config: assembleRunConfig(completeValues(readings), kubernetes, input.defaultReplica) };
}

/** Undefined when the settings that decide it are at fault themselves. */
function readKubernetesAccess(
  { values, faulty }: SettingReadings,
  environment: ConfigInput['environment'],
): ChosenAccess | undefined {
  if (faulty.has('NIGHTWATCH_KUBERNETES') || faulty.has('KUBECONFIG')) return undefined;
  return chooseKubernetesAccess({
    source: values.NIGHTWATCH_KUBERNETES,
    kubeconfigPath: values.KUBECONFIG,
    serviceHost: environment.KUBERNETES_SERVICE_HOST,
    servicePort: environment.KUBERNETES_SERVICE_PORT,
  });
}

function completeValues(readings: SettingReadings): SettingValues {
  // Only called without faults, when every value that the command's configuration is assembled from is there.
  return readings.values as SettingValues;
}

function invalid(faults: readonly ConfigFault[]): ParsedConfig {
  return { result: 'invalid', faults };
}
