import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../support/process-liveness.ts';

const timeout = 60_000;
const support = new URL('../support/', import.meta.url);

const redisOwner = `
  import { startRedis } from '${new URL('redis.ts', support)}';
  const redis = await startRedis();
  process.stdout.write(redis.process.pid + '\\n');
  setInterval(() => {}, 1000);
`;
const nextRun = `
  import { scratchDirectory } from '${new URL('scratch.ts', support)}';
  await using directory = await scratchDirectory('next');
`;

describe('a process that owns a server', { timeout }, () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`leaves neither the server nor its files behind when it ends by ${signal}`, async () => {
      await using owner = await startRedisOwner();

      owner.process.kill(signal);

      assert.deepEqual(await once(owner.process, 'exit'), [null, signal]);
      await untilGone(owner.redisPid);
      assert.deepEqual(await scratchDirectoriesOf(owner.process), []);
    });
  }

  it('takes the server along when it is killed outright, and the next run removes the files', async () => {
    await using owner = await startRedisOwner();

    owner.process.kill('SIGKILL');

    await once(owner.process, 'exit');
    await untilGone(owner.redisPid);
    assert.equal((await scratchDirectoriesOf(owner.process)).length, 1);
    assert.deepEqual(await once(runProgram(nextRun), 'exit'), [0, null]);
    assert.deepEqual(await scratchDirectoriesOf(owner.process), []);
  });

  it('keeps its files while it lives, whoever else starts', async () => {
    await using owner = await startRedisOwner();

    assert.deepEqual(await once(runProgram(nextRun), 'exit'), [0, null]);

    assert.equal((await scratchDirectoriesOf(owner.process)).length, 1);
  });
});

interface RedisOwner extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly redisPid: number;
}

async function startRedisOwner(): Promise<RedisOwner> {
  const child = runProgram(redisOwner);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    process: child,
    redisPid: Number(line),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGTERM')) await once(child, 'exit');
    },
  };
}

function runProgram(source: string) {
  const args = ['--input-type=module-typescript', '--eval', source];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The kernel sends the signal at the parent's death; the end itself takes a moment. */
async function untilGone(pid: number): Promise<void> {
  const signal = AbortSignal.timeout(5000);
  while (await isAlive(pid)) await delay(5, undefined, { signal });
}

async function scratchDirectoriesOf({ pid }: ChildProcess): Promise<readonly string[]> {
  const entries = await readdir(tmpdir());
  return entries.filter((entry) => entry.startsWith(`nightwatch-test-${pid}-`));
}
