import { moduleUrl, replaceModules } from './replaced-modules.ts';

/*
 * Loaded into a replica by `node --import`: makes it a version of nightwatch that is yet to come, with steps of the
 * schema that this one does not know.
 */

replaceModules(
  new Map([
    [moduleUrl('../../../src/version.ts'), moduleUrl('./later-version.ts')],
    [moduleUrl('../../../migrations/migrations.ts'), moduleUrl('./later-migrations.ts')],
  ]),
);
