import { join } from 'node:path';
import { helmBinary } from './helm-binary.ts';
import { runCommand } from './run-command.ts';
import { scratchDirectory } from './scratch.ts';

const timeoutMs = 10 * 60_000;

/** Helm as one identity, or as nobody; disposal removes what it has kept. */
export interface Helm extends AsyncDisposable {
  /** Returns what it prints to standard output. Throws a CommandError with what it wrote when it fails. */
  run(args: readonly string[]): Promise<string>;
}

/** Makes a helm that knows nothing of the user's own settings; the first time on a machine it is built. */
export async function createHelm(kubeconfig = '/dev/null'): Promise<Helm> {
  const program = await helmBinary();
  const directory = await scratchDirectory('helm');
  const homes = ['CACHE', 'CONFIG', 'DATA'].map((name) => [`HELM_${name}_HOME`, join(directory.path, name)]);
  const env = { ...Object.fromEntries(homes), KUBECONFIG: kubeconfig };
  return {
    run: async (args) => (await runCommand(program, args, { env, timeoutMs })).stdout,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}
