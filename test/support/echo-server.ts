import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A server that says to each of its clients what that one says, and whatever else it is told to say to all. */
export interface EchoServer extends AsyncDisposable {
  readonly port: number;
  /** All that clients have said so far. */
  heard(): string;
  say(words: string): void;
}

/** Starts one on a free port. */
export async function startEcho(address = '127.0.0.1'): Promise<EchoServer> {
  const sockets = new Set<Socket>();
  let heard = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      heard += chunk;
    });
    socket.pipe(socket);
  });
  server.listen(0, address);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => heard,
    say(words) {
      for (const socket of sockets) socket.write(words);
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
