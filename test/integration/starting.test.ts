import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { NightwatchProcess } from '../support/nightwatch-process.ts';
import { startRedis } from '../support/redis.ts';
import { runNightwatch } from '../support/run-nightwatch.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, insertTasks, readTask } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 240_000;
const wrongUsage = 2;
/** Never connected to: the program ends before that. */
const complete = {
  NIGHTWATCH_DATABASE_URL: 'mysql://nightwatch:planted-secret@127.0.0.1:1/nightwatch',
  NIGHTWATCH_REDIS_URLS: 'redis://:planted-secret@127.0.0.1:1',
  NIGHTWATCH_NAMESPACES: 'demo',
  NIGHTWATCH_HTTP_ADDR: '127.0.0.1:0',
  KUBECONFIG: '/nowhere/kubeconfig',
} as const;

/** Wrong words and settings, and what the program says of them. */
const mistakes: readonly {
  readonly what: string;
  readonly words: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  readonly says: RegExp;
}[] = [
  { what: 'no command', words: [], says: /a command is missing: run or migrate/ },
  { what: 'an unknown command', words: ['rnu'], says: /unknown command 'rnu': did you mean 'run'\?/ },
  { what: 'an unknown flag', words: ['migrate', '--dry'], says: /unknown option '--dry'/ },
  { what: 'a flag of another command', words: ['run', '--dry-run'], says: /--dry-run is an option of migrate/ },
  { what: 'a file that is not there', words: ['run', '--config', '/nowhere/file'], says: /--config \/nowhere\/file: / },
  {
    what: 'an unknown setting',
    words: ['run'],
    settings: { ...complete, NIGHTWATCH_NAMESPACE: 'demo' },
    says: /NIGHTWATCH_NAMESPACE \(environment\).*no such setting; did you mean NIGHTWATCH_NAMESPACES\?/,
  },
  {
    what: 'settings that are missing, all of which it names',
    words: ['run'],
    says: /NIGHTWATCH_DATABASE_URL is missing.*NIGHTWATCH_REDIS_URLS is missing.*NIGHTWATCH_NAMESPACES is missing/s,
  },
  {
    what: 'secrets in the wrong form, which it does not show',
    words: ['run'],
    settings: {
      ...complete,
      NIGHTWATCH_DATABASE_URL: 'mysql://nightwatch:planted-secret@127.0.0.1',
      NIGHTWATCH_REDIS_URLS: 'http://planted-secret@127.0.0.1',
    },
    says: /NIGHTWATCH_DATABASE_URL.*name of the database is missing.*NIGHTWATCH_REDIS_URLS.*redis:\/\//s,
  },
  {
    what: 'an unknown watcher',
    words: ['run'],
    settings: { ...complete, NIGHTWATCH_WATCHERS: 'dipsatch=off' },
    says: /NIGHTWATCH_WATCHERS names 'dipsatch': there is no such watcher; there are dispatch, sync, resync/,
  },
  {
    what: 'a kubeconfig file that is not there',
    words: ['run'],
    settings: complete,
    says: /kubeconfig \/nowhere\/kubeconfig cannot be used/,
  },
];

describe('the program', { timeout }, () => {
  for (const { what, words, settings = {}, says } of mistakes) {
    it(`ends with ${wrongUsage} and says why when it is given ${what}`, async () => {
      const { exitCode, stdout, stderr } = await runNightwatch(words, settings);

      assert.equal(exitCode, wrongUsage, `${stdout}${stderr}`);
      assert.match(`${stdout}${stderr}`, says);
      assert.doesNotMatch(`${stdout}${stderr}`, /planted-secret/);
    });
  }
});

describe('a replica', { timeout }, () => {
  let system: RunningSystem;

  before(async () => {
    system = await startSystem();
  });

  after(async () => {
    await system[Symbol.asyncDispose]();
  });

  it('is up but not ready while Redis is not there, says which one, and leads by itself once it is', async () => {
    await using installation = await system.prepare('mariadb');
    await using redis = await startRedis();
    await redis.process.stop();

    const nightwatch = await installation.start({ redisUrls: [redis.url], until: 'up' });
    await until('it says which Redis is missing', async () => {
      const { status, text } = await nightwatch.readyz();
      assert.equal(status, 503);
      assert.ok(text.includes(`[-]redis 0 of 1 connected, not 127.0.0.1:${redis.port}`), text);
    });
    await redis.restart({ keepData: false });

    await assertWorks(installation, nightwatch);
  });
});

async function assertWorks({ user, namespace }: Installation, nightwatch: NightwatchProcess): Promise<void> {
  await until('it leads', async () => {
    const { status, text } = await nightwatch.readyz();
    assert.ok(status === 200 && text.includes('leads, epoch'), `${status} ${text}`);
  });
  await insertTasks(user, [aNewTask({ namespace, name: 'proof' })]);
  await until('a task has ended', async () => assert.equal((await readTask(user, 'proof')).status, 'Succeeded'));
}
