import { programVersion } from './later-version.ts';
import { migrationsOf } from './later-versions.ts';

export const migrations = migrationsOf(programVersion);
