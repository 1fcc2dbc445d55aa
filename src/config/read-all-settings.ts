import { type ReadFile, readSetting } from './read-setting.ts';
import type { Command, ConfigFault, Setting } from './setting.ts';
import { type SettingName, type SettingValues, settingNames, settings } from './settings.ts';
import type { Source } from './source.ts';

/** What became of the settings of one command. */
export interface SettingReadings {
  /** Those that could be read; without faults, all that the command uses. */
  readonly values: Partial<SettingValues>;
  readonly faults: readonly ConfigFault[];
  /** Those that are at fault. */
  readonly faulty: ReadonlySet<SettingName>;
  /** Where each was given; a default is not in it. */
  readonly origins: ReadonlyMap<SettingName, string>;
}

/** Reads every setting that a command uses, and goes on after a fault. */
export function readAllSettings(
  command: Command,
  sources: readonly Source[],
  readSecretFile: ReadFile,
): SettingReadings {
  const values = new Map<SettingName, unknown>();
  const faults = new Map<SettingName, ConfigFault>();
  const origins = new Map<SettingName, string>();
  for (const name of settingNames) {
    const setting: Setting<unknown> = settings[name];
    if (!setting.usedBy.includes(command)) continue;
    const reading = readSetting(name, setting, sources, readSecretFile);
    if ('fault' in reading) {
      faults.set(name, reading.fault);
      continue;
    }
    values.set(name, reading.value);
    if (reading.where !== undefined) origins.set(name, reading.where);
  }
  return {
    // Each value came from the kind that its name has in the list, which is what the type says; a loop cannot show that.
    values: Object.fromEntries(values) as Partial<SettingValues>,
    faults: [...faults.values()],
    faulty: new Set(faults.keys()),
    origins,
  };
}
