import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEcho } from '../../support/echo-server.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { until } from '../../support/until.ts';

describe('the proxy that plays the network', { concurrency: true }, () => {
  it('passes on what both sides say, and their ends', async () => {
    await using echo = await startEcho();
    await using proxy = await startTcpProxy(echo.port);
    await using client = await connectTo(proxy);

    client.socket.end('hello');

    await until('the echo is there', () => assert.equal(client.heard(), 'hello'));
    await until('both ends are through', () => assert.equal(proxy.connections, 0));
  });

  it('says nothing while it is silent, and delivers what was sent once it passes again', async () => {
    await using echo = await startEcho();
    await using proxy = await startTcpProxy(echo.port);
    await using open = await connectTo(proxy);

    proxy.silence();
    await using late = await connectTo(proxy);
    open.socket.write('open');
    late.socket.write('late');
    await sleep(50);
    assert.deepEqual([open.heard(), late.heard()], ['', '']);
    proxy.pass();

    await until('both are answered', () => assert.deepEqual([open.heard(), late.heard()], ['open', 'late']));
  });

  it('delivers what a client sent before it went away in the silence', async () => {
    await using echo = await startEcho();
    await using proxy = await startTcpProxy(echo.port);
    await using client = await connectTo(proxy);

    proxy.silence();
    client.socket.write('last words');
    await sleep(20);
    client.socket.destroy();
    await sleep(20);
    assert.equal(echo.heard(), '');
    proxy.pass();

    await until('the server has heard it', () => assert.equal(echo.heard(), 'last words'));
  });

  it('resets connections, also new ones, until it passes again', async () => {
    await using echo = await startEcho();
    await using proxy = await startTcpProxy(echo.port);
    await using open = await connectTo(proxy);

    proxy.reset();
    await using late = await connectTo(proxy);
    await until('both are closed', () => assert.ok(open.socket.closed && late.socket.closed));
    proxy.pass();
    await using again = await connectTo(proxy);
    again.socket.write('again');

    await until('it is answered', () => assert.equal(again.heard(), 'again'));
  });

  it('delays each direction, in order, without holding up what comes behind', async () => {
    await using echo = await startEcho();
    await using proxy = await startTcpProxy(echo.port);
    await using client = await connectTo(proxy);
    proxy.delay(60);
    const sentAtMs = performance.now();

    for (const word of ['a', 'b', 'c', 'd', 'e']) {
      client.socket.write(word);
      await sleep(10);
    }

    await until('all is echoed', () => assert.equal(client.heard(), 'abcde'));
    const tookMs = performance.now() - sentAtMs;
    assert.ok(tookMs >= 120 && tookMs < 600, `${tookMs} ms`);
  });

  it('lets only so much through in a second, in each direction, shared by all connections', async () => {
    await using echo = await startEcho();
    await using proxy = await startTcpProxy(echo.port);
    await using one = await connectTo(proxy);
    await using other = await connectTo(proxy);
    const words = 'x'.repeat(5_000);
    proxy.limit(50_000);
    const sentAtMs = performance.now();

    for (const { socket } of [one, other]) socket.write(words);

    await until('the server has heard all', () => assert.equal(echo.heard().length, 10_000));
    assert.ok(performance.now() - sentAtMs >= 190, 'there');
    await until('all is echoed', () => assert.deepEqual([one.heard(), other.heard()], [words, words]));
    const tookMs = performance.now() - sentAtMs;
    // The first to be heard is on its way back while the other is still on its way there.
    assert.ok(tookMs >= 290 && tookMs < 1_000, `${tookMs} ms`);
    assert.equal(proxy.passedBytes, 20_000);
  });

  it('holds up whoever sends more than the line takes, and nobody once it has no limit', async () => {
    await using echo = await startEcho();
    await using proxy = await startTcpProxy(echo.port);
    await using client = await connectTo(proxy);
    // More than the kernel's buffers of a connection hold.
    const flood = Buffer.alloc(32 * 2 ** 20);
    proxy.limit(200_000);

    client.socket.write(flood);
    await sleep(300);
    assert.ok(proxy.passedBytes <= 2 ** 17, `${proxy.passedBytes} bytes have passed`);
    assert.ok(client.socket.writableLength > 0, 'the sender has got rid of everything');
    proxy.limit(0);

    await until('all has arrived', () => assert.equal(echo.heard().length, flood.length));
  });
});

async function connectTo(proxy: TcpProxy) {
  const socket = connect(proxy.port, '127.0.0.1');
  let heard = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    heard += chunk;
  });
  // A proxy that resets may do so before this side sees that it was accepted.
  await once(socket, 'connect').catch(() => {});
  return {
    socket,
    heard: () => heard,
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  };
}
