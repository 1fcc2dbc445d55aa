import { obeySignal } from './obey-signal.ts';
import { moduleUrl, replaceModules } from './replaced-modules.ts';

/*
 * Loaded into a replica by `node --import`, before anything of nightwatch is: the service itself knows nothing of it.
 * The adapters that it asks for it gets with crash points around their methods.
 */

replaceModules(
  new Map([
    [moduleUrl('../../../src/store/mysql/task-store.ts'), moduleUrl('./crashing-task-store.ts')],
    [moduleUrl('../../../src/store/mysql/one-packet.ts'), moduleUrl('./crashing-packet.ts')],
    [moduleUrl('../../../src/executors/kubernetes/kubernetes-executor.ts'), moduleUrl('./crashing-executor.ts')],
  ]),
);
obeySignal();
