import type { Given } from './setting.ts';

/** One place that settings are given in. */
export interface Source {
  /** `environment`, or the path of the file: for people. */
  readonly where: string;
  readonly values: ReadonlyMap<string, Given>;
}
