import { registerHooks } from 'node:module';

/** The URL of a module of the project; its path is relative to this file's folder. */
export function moduleUrl(path: string): string {
  return new URL(path, import.meta.url).href;
}

/** Has imports of some modules answered by others, by their URLs; what is in this folder gets the real ones. */
export function replaceModules(replacements: ReadonlyMap<string, string>): void {
  const here = moduleUrl('.');
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const replacement = replacements.get(resolved.url);
      const asksForReal = context.parentURL?.startsWith(here) ?? false;
      return replacement === undefined || asksForReal ? resolved : { ...resolved, url: replacement };
    },
  });
}
