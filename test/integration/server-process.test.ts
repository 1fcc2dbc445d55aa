import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { OwnedDirectory } from '../support/owned-directory.ts';
import { isAlive } from '../support/process-liveness.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { type ServerProcess, type ServerProcessOptions, startServerProcess } from '../support/server-process.ts';

const timeout = 60_000;
let directory: OwnedDirectory;

before(async () => {
  directory = await scratchDirectory('shell');
});

after(async () => {
  await directory[Symbol.asyncDispose]();
});

describe('a server process', { timeout }, () => {
  it('ends by its stop signal, and a second stop changes nothing', async () => {
    await using server = await startShell('trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.01; done');

    await server.stop();
    await server.stop();

    assert.equal(await isAlive(server.pid), false);
  });

  it('is killed when it ignores the stop signal, even while it is paused', async () => {
    await using server = await startShell('trap "" TERM; echo ready; while :; do sleep 0.01; done', {
      killAfterMs: 50,
    });
    server.kill('SIGSTOP');

    await server.stop();

    assert.equal(await isAlive(server.pid), false);
  });

  it('tells of its end when it is killed from outside', async () => {
    await using server = await startShell('echo ready; exec sleep 60');

    process.kill(server.pid, 'SIGKILL');

    await server.exited;
    server.kill('SIGTERM');
  });

  it('fails to start when it is not ready in time, and is gone then', async () => {
    const start = startShell('echo "my pid is $$"; exec sleep 60', {
      ready: { logLine: /never/ },
      readyTimeoutMs: 200,
    });

    await assert.rejects(start, {
      message: /^a shell did not start: it was not ready after 200 ms\n.*\nmy pid is \d+$/,
    });
    const pid = await start.catch((error: Error) => Number(/pid is (\d+)/.exec(error.message)?.[1]));
    assert.equal(await isAlive(Number(pid)), false);
  });

  it('fails to start when its probe never answers', async () => {
    const probe = () => new Promise<boolean>(() => {});

    await assert.rejects(
      startShell('exec sleep 60', { ready: { probe }, readyTimeoutMs: 200 }),
      /not ready after 200 ms/,
    );
  });

  it('counts a probe that rejects as not ready yet', async () => {
    let calls = 0;
    const probe = async () => {
      calls += 1;
      if (calls < 3) throw new Error('refused');
      return true;
    };

    await using server = await startShell('exec sleep 60', { ready: { probe } });

    assert.ok(await isAlive(server.pid));
    assert.equal(calls, 3);
  });
});

function startShell(script: string, options: Partial<ServerProcessOptions> = {}): Promise<ServerProcess> {
  return startServerProcess({
    name: 'a shell',
    command: 'sh',
    args: ['-c', script],
    logFile: join(directory.path, 'log'),
    ready: { logLine: /ready/ },
    ...options,
  });
}
