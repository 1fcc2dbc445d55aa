import type { ServerProcess } from './server-process.ts';

/** A server that can be started again at the same address and with the same data after it was stopped or killed. */
export class RestartableServer implements AsyncDisposable {
  readonly #startProcess: () => Promise<ServerProcess>;
  #process: ServerProcess;

  private constructor(startProcess: () => Promise<ServerProcess>, process: ServerProcess) {
    this.#startProcess = startProcess;
    this.#process = process;
  }

  static async start(startProcess: () => Promise<ServerProcess>): Promise<RestartableServer> {
    return new RestartableServer(startProcess, await startProcess());
  }

  /** The one that was started last; it may have ended since. */
  get process(): ServerProcess {
    return this.#process;
  }

  /** Sends any signal, also SIGSTOP and SIGCONT. */
  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Ends it in an orderly way, or by force after a few seconds. */
  async stop(): Promise<void> {
    await this.#process.stop();
  }

  /** Starts it again after `stop` or a kill: waits until the last process is gone, resolves when the new one is ready. */
  async start(): Promise<void> {
    // The last one holds the port until its end.
    await this.#process.exited;
    this.#process = await this.#startProcess();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Kills it at once: nothing that a test's server holds is kept, so nothing is worth an orderly end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill('SIGKILL');
    await this.#process.stop();
  }
}
