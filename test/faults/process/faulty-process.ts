import { registerHooks } from 'node:module';
import { obeySignal } from './obey-signal.ts';

/*
 * Loaded into a replica by `node --import`, before anything of nightwatch is: the service itself knows nothing of it.
 * The adapters that it asks for it gets with crash points around their methods.
 */

/** Whose import is answered by which decorated module. */
const decorated = new Map(
  [
    ['../../../src/store/mysql/task-store.ts', './crashing-task-store.ts'],
    ['../../../src/executors/kubernetes/kubernetes-executor.ts', './crashing-executor.ts'],
  ].map(([real = '', decorator = '']) => [urlOf(real), urlOf(decorator)]),
);
const decorators = new Set(decorated.values());

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const decorator = decorated.get(resolved.url);
    const asksForReal = context.parentURL !== undefined && decorators.has(context.parentURL);
    return decorator === undefined || asksForReal ? resolved : { ...resolved, url: decorator };
  },
});

obeySignal();

function urlOf(path: string): string {
  return new URL(path, import.meta.url).href;
}
