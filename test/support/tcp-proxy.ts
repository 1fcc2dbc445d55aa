import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A proxy in front of a server on this machine, which plays the network between the two.
 *
 * It begins by passing everything on. What changes its way changes it for connections that are open, too.
 */
export interface TcpProxy extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Connections that clients hold open now. */
  readonly connections: number;
  /** Passes everything on again, first what a silence has held back. */
  pass(): void;
  /**
   * Half open: connections are accepted and stay, and nothing goes either way.
   *
   * As with TCP, what was sent meanwhile arrives once it passes again, even if its sender has gone.
   */
  silence(): void;
  /** Resets all connections now, and each new one until it passes again. */
  reset(): void;
  /** Lets each chunk take this long, in both directions; 0 is as before. */
  delay(delayMs: number): void;
}

/** Starts a proxy to a port on 127.0.0.1. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const link = new Link(targetPort);
  const server = createServer({ allowHalfOpen: true }, (client) => link.accept(client));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get connections() {
      return link.clients;
    },
    pass: () => link.pass(),
    silence: () => link.silence(),
    reset: () => link.reset(),
    delay: (delayMs) => link.delay(delayMs),
    [Symbol.asyncDispose]: () => close(server, link),
  };
}

async function close(server: Server, link: Link): Promise<void> {
  server.close();
  link.reset();
  await once(server, 'close');
}

/** The state of the network, and the sockets that are on it. */
class Link {
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  #clients = 0;
  #delayMs = 0;
  #isResetting: boolean;
  /** Resolves when a silence is over; undefined while there is none. */
  #silence: PromiseWithResolvers<void> | undefined;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#isResetting = false;
  }

  get clients(): number {
    return this.#clients;
  }

  pass(): void {
    this.#isResetting = false;
    this.#silence?.resolve();
    this.#silence = undefined;
  }

  silence(): void {
    this.#isResetting = false;
    this.#silence ??= Promise.withResolvers();
  }

  reset(): void {
    this.#isResetting = true;
    for (const socket of this.#sockets) cut(socket);
    this.#silence?.resolve();
    this.#silence = undefined;
  }

  delay(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  accept(client: Socket): void {
    // Without a listener the fault of one connection would end the test; closing tells the other side enough.
    client.on('error', () => {});
    if (this.#isResetting) {
      client.resetAndDestroy();
      return;
    }
    const target = connect({ port: this.#targetPort, host: '127.0.0.1', allowHalfOpen: true });
    this.#clients += 1;
    client.once('close', () => {
      this.#clients -= 1;
    });
    this.#forward(client, target);
    this.#forward(target, client);
  }

  /** Passes what one side sends on to the other, in order and each after its time. */
  #forward(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    let passed: Promise<void> = Promise.resolve();
    const afterItsTime = (action: () => void) => {
      const dueAtMs = performance.now() + this.#delayMs;
      passed = passed.then(async () => {
        await this.#travel(dueAtMs);
        action();
      });
    };
    from.setNoDelay(true);
    from.on('data', (chunk) => afterItsTime(() => !to.destroyed && to.write(chunk)));
    from.once('end', () => afterItsTime(() => to.end()));
    from.once('error', () => afterItsTime(() => cut(to)));
    from.once('close', () => {
      this.#sockets.delete(from);
      afterItsTime(() => to.destroySoon());
    });
  }

  async #travel(dueAtMs: number): Promise<void> {
    const leftMs = dueAtMs - performance.now();
    if (leftMs > 0) await sleep(leftMs);
    while (this.#silence) await this.#silence.promise;
  }
}

/** Resets a connection; one whose end is under way cannot be, and its handle would stay for ever. */
function cut(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
