import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lane } from './lane.ts';

/**
 * A proxy in front of a server on this machine, which plays the network between the two.
 *
 * It begins by passing everything on. What changes its way changes it for connections that are open, too.
 */
export interface TcpProxy extends AsyncDisposable {
  /** The address that it listens on: 127.0.0.1 unless told. */
  readonly host: string;
  readonly port: number;
  /** Connections that clients hold open now. */
  readonly connections: number;
  /** Bytes that it has passed on so far, both ways together. */
  readonly passedBytes: number;
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
  /**
   * Lets no more than this through in a second, in each direction, all connections together; 0 for as much as comes.
   *
   * Who sends more is held up, as by a thin line: a connection has at most one chunk of 64 KiB on its way.
   */
  limit(bytesPerSecond: number): void;
}

/** Starts a proxy to a port on 127.0.0.1. */
export async function startTcpProxy(targetPort: number, host = '127.0.0.1'): Promise<TcpProxy> {
  const link = new Link(targetPort);
  const server = createServer({ allowHalfOpen: true }, (client) => link.accept(client));
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    host,
    port,
    get connections() {
      return link.clients;
    },
    get passedBytes() {
      return link.passedBytes;
    },
    pass: () => link.pass(),
    silence: () => link.silence(),
    reset: () => link.reset(),
    delay: (delayMs) => link.delay(delayMs),
    limit: (bytesPerSecond) => link.limit(bytesPerSecond),
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
  readonly #toTarget = new Lane();
  readonly #toClient = new Lane();
  #clients = 0;
  #passedBytes = 0;
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

  get passedBytes(): number {
    return this.#passedBytes;
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
    for (const lane of [this.#toTarget, this.#toClient]) lane.clear();
    this.#silence?.resolve();
    this.#silence = undefined;
  }

  delay(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  limit(bytesPerSecond: number): void {
    for (const lane of [this.#toTarget, this.#toClient]) lane.limit(bytesPerSecond);
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
    this.#forward(client, target, this.#toTarget);
    this.#forward(target, client, this.#toClient);
  }

  /** Passes what one side sends on to the other, in order and each after its time. */
  #forward(from: Socket, to: Socket, lane: Lane): void {
    this.#sockets.add(from);
    let passed: Promise<void> = Promise.resolve();
    const afterItsTime = (action: () => void, onTheLaneForMs = 0) => {
      const dueAtMs = performance.now() + onTheLaneForMs + this.#delayMs;
      passed = passed.then(async () => {
        await this.#travel(dueAtMs);
        action();
      });
    };
    from.setNoDelay(true);
    from.on('data', (chunk: Buffer) => {
      const takesMs = lane.take(chunk.length);
      if (takesMs > 0) holdUp(from, takesMs);
      afterItsTime(() => {
        this.#passedBytes += chunk.length;
        if (!to.destroyed) to.write(chunk);
      }, takesMs);
    });
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

/** Reads nothing of a connection for a while, so that its sender has to wait. */
function holdUp(socket: Socket, durationMs: number): void {
  socket.pause();
  setTimeout(() => socket.resume(), durationMs).unref();
}

/** Resets a connection; one whose end is under way cannot be, and its handle would stay for ever. */
function cut(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
