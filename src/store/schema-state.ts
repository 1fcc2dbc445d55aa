/** How the database's schema and this program fit. */
export type SchemaState =
  | { readonly state: 'fits'; readonly installationId: string; readonly version: number }
  | { readonly state: 'SchemaBehind' | 'SchemaAhead'; readonly detail: string };

export interface RecordedSchema {
  readonly installationId: string;
  readonly version: number;
  /** The oldest program that may run on it. */
  readonly oldestProgram: string;
}

/** Judges what the database says of itself; undefined where nothing has been migrated yet. */
export function judgeSchema(
  recorded: RecordedSchema | undefined,
  program: { readonly version: string; readonly schemaVersion: number },
  compareVersions: (left: string, right: string) => number,
): SchemaState {
  const version = recorded?.version ?? 0;
  if (!recorded || version < program.schemaVersion) {
    return {
      state: 'SchemaBehind',
      detail: `the database has schema version ${version}, this program needs ${program.schemaVersion}: run 'nightwatch migrate'`,
    };
  }
  if (version > program.schemaVersion && compareVersions(program.version, recorded.oldestProgram) < 0) {
    return {
      state: 'SchemaAhead',
      detail: `the database has schema version ${version}, which needs nightwatch ${recorded.oldestProgram} or later; this is ${program.version}`,
    };
  }
  return { state: 'fits', installationId: recorded.installationId, version };
}
