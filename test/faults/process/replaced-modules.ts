import { registerHooks } from 'node:module';

/** The URL of a module of the project; its path is relative to this file's folder. */
export function moduleUrl(path: string): string {
  return new URL(path, import.meta.url).href;
}

/** Has imports of some modules answered by others, which themselves get the real ones; by their URLs. */
export function replaceModules(replacements: ReadonlyMap<string, string>): void {
  const replacing = new Set(replacements.values());
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const replacement = replacements.get(resolved.url);
      const asksForReal = context.parentURL !== undefined && replacing.has(context.parentURL);
      return replacement === undefined || asksForReal ? resolved : { ...resolved, url: replacement };
    },
  });
}
