import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const timeoutMs = 60_000;
const maxOutputBytes = 256 * 1024 * 1024;

/** Runs kubectl as one identity, with `input` as its standard input; returns what it prints. Throws a KubectlError. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** kubectl failed: the message holds its arguments and what it wrote to standard error. */
export class KubectlError extends Error {
  override readonly name = 'KubectlError';
}

export interface KubectlOptions {
  /** The program of the test control plane, which holds kubectl too. */
  readonly program: string;
  readonly kubeconfig: string;
  /** Where kubectl remembers what the server can do; its default is the user's home. */
  readonly cacheDirectory: string;
}

/** Makes a kubectl that knows nothing of the user's own settings. */
export function createKubectl({ program, kubeconfig, cacheDirectory }: KubectlOptions): Kubectl {
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: cacheDirectory, KUBECTL_KUBERC: 'false' };
  const options = { env, timeout: timeoutMs, maxBuffer: maxOutputBytes };
  return async (args, input = '') => {
    const running = promisify(execFile)(program, ['kubectl', ...args], options);
    // It may end without reading all of its input: its exit code tells the fault better than a broken pipe.
    running.child.stdin?.on('error', () => undefined);
    running.child.stdin?.end(input);
    try {
      return (await running).stdout;
    } catch (cause) {
      throw new KubectlError(`kubectl ${args.join(' ')}: ${faultOf(cause)}`, { cause });
    }
  };
}

function faultOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if ('killed' in cause && cause.killed) return `killed after ${timeoutMs} ms`;
  const written = 'stderr' in cause ? String(cause.stderr).trim() : '';
  return written || cause.message;
}
