import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readKubeconfig, writeKubeconfig } from '../support/api-access.ts';
import type { NightwatchOptions, NightwatchProcess } from '../support/nightwatch-process.ts';
import { type RedisServer, startRedis } from '../support/redis.ts';
import { runNightwatch } from '../support/run-nightwatch.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { aNewTask, insertTasks, readTask } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

type Settings = Readonly<Record<string, string>>;

const timeout = 240_000;
const redisPassword = 'redis-secret/with?signs';
/** What is planted where the right secret would not be accepted. */
const wrong = 'planted-secret';
/** Rejects somewhere in the running process, with everything secret that it was given. */
const surprise = `const waiting = setInterval(() => {
  if (process.listenerCount('unhandledRejection') === 0) return;
  clearInterval(waiting);
  const { NIGHTWATCH_DATABASE_URL, NIGHTWATCH_REDIS_URLS } = process.env;
  Promise.reject(new Error(NIGHTWATCH_DATABASE_URL + ' ' + NIGHTWATCH_REDIS_URLS));
}, 50);`;

describe('the secrets that nightwatch is given', { timeout }, () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;
  let installation: Installation;
  let redis: RedisServer;
  let right: Pick<NightwatchOptions, 'databaseUrl' | 'redisUrls' | 'kubeconfig'>;
  let secrets: readonly string[];

  before(async () => {
    system = resources.use(await startSystem());
    installation = resources.use(await system.prepare('mariadb'));
    redis = resources.use(await startRedis({ extraArguments: ['--requirepass', redisPassword] }));
    const databaseUrl = installation.database.serviceUrl;
    const kubeconfig = await system.cluster.kubeconfigFor();
    right = { databaseUrl, redisUrls: [withPassword(redis.url, redisPassword)], kubeconfig };
    const { token } = await readKubeconfig(kubeconfig);
    const migrator = new URL(installation.database.adminUrl).password;
    const urlEncoded = encodeURIComponent(redisPassword);
    secrets = [new URL(databaseUrl).password, migrator, redisPassword, urlEncoded, token, wrong];
    assert.ok(secrets.every((secret) => secret.length > 10));
  });

  after(() => resources.disposeAsync());

  it('are in nothing that it says and writes while it works', async () => {
    const { namespace, user } = installation;
    await using nightwatch = await startTelling({});
    const refused = aNewTask({ namespace, name: 'refused', info: '{"image":"x","args":1}' });
    await insertTasks(user, [aNewTask({ namespace, name: 'works' }), refused]);
    await until('one has ended, and one is refused', async () => {
      assert.equal((await readTask(user, 'works')).status, 'Succeeded');
      assert.equal((await readTask(user, 'refused')).reason, 'InvalidSpec');
    });

    assertShowsNone(await readFile(`/proc/${nightwatch.process.pid}/cmdline`, 'utf8'));
    assertShowsNone(await saidBy(nightwatch));
    for (const table of ['task', 'leader', 'installation']) {
      const [rows] = await user.query(`SELECT * FROM ${table}`);
      assertShowsNone(JSON.stringify(rows));
    }
    assertShowsNone(await system.cluster.kubectl(['get', 'jobs,pods', '-A', '-o', 'json']));
  });

  for (const [what, access, untilText] of [
    ['the passwords are wrong', wrongPasswords, /\[-\]database (?!has not answered).*\[-\]redis 0 of 1/s],
    ['nobody is there', nobodyThere, /\[-\]database (?!has not answered).*\[-\]redis 0 of 1/s],
    ['the token is refused', wrongToken, /\[-\]kubernetes .*401/],
  ] as const) {
    it(`are in nothing that it says while ${what}`, async () => {
      await using nightwatch = await startTelling(await access());
      await until('it says what is wrong', async () => assert.match((await nightwatch.readyz()).text, untilText));

      assertShowsNone(await saidBy(nightwatch));
    });
  }

  it('are in nothing that it says when something unexpected ends it', async () => {
    await using directory = await scratchDirectory('surprise');
    const module = join(directory.path, 'surprise.js');
    await writeFile(module, surprise);
    const settings = {
      NIGHTWATCH_NAMESPACES: 'demo',
      NIGHTWATCH_HTTP_ADDR: '127.0.0.1:0',
      KUBECONFIG: right.kubeconfig,
    };

    const said = await runTelling(['run'], { ...settings, ...addresses(), NODE_OPTIONS: `--import=${module}` }, 1);

    assert.match(said, /unhandledRejection: ending/);
  });

  it('are in nothing that it says of settings and files that are wrong', async () => {
    await using directory = await scratchDirectory('secrets');
    const kubeconfig = join(directory.path, 'kubeconfig');
    await writeFile(kubeconfig, `users:\n- user:\n    token: ${wrong}\n\tclient-key-data: ${wrong}\n`);
    const config = join(directory.path, 'nightwatch.yaml');
    const configText = `NIGHTWATCH_REDIS_URLS: [redis://:${wrong}@h]\n\tNIGHTWATCH_DATABASE_URL: mysql://u:${wrong}@h/d`;
    await writeFile(config, configText);
    const complete = { ...addresses(), NIGHTWATCH_NAMESPACES: 'demo', KUBECONFIG: kubeconfig };

    await runTelling(['run'], complete, 2);
    await runTelling(['run'], { ...complete, NIGHTWATCH_REDIS_URLS: `http://${wrong}@h`, NIGHTWATCH_X: wrong }, 2);
    await runTelling(['run', '--config', config], complete, 2);
  });

  it('are in nothing that a migration says, whether it is let in or not', async () => {
    const { adminUrl } = installation.database;
    await runTelling(['migrate'], { NIGHTWATCH_DATABASE_URL: adminUrl }, 0);
    await runTelling(['migrate'], { NIGHTWATCH_DATABASE_URL: withPassword(adminUrl, wrong) }, 4);
  });

  function startTelling(options: Partial<NightwatchOptions>): Promise<NightwatchProcess> {
    return installation.start({ ...right, until: 'up', ...options, settings: { NIGHTWATCH_LOG_LEVEL: 'trace' } });
  }

  /** Runs it to its end; returns what it said, in which there may be no secret. */
  async function runTelling(words: readonly string[], settings: Settings, endsWith: number): Promise<string> {
    const run = await runNightwatch(words, { ...settings, NIGHTWATCH_LOG_LEVEL: 'trace' });
    const said = `${run.stdout}${run.stderr}`;
    assert.equal(run.exitCode, endsWith, said);
    assertShowsNone(said);
    return said;
  }

  function addresses(): Settings {
    return { NIGHTWATCH_DATABASE_URL: right.databaseUrl, NIGHTWATCH_REDIS_URLS: right.redisUrls.join() };
  }

  /** Its probes, and its whole log once it has ended. */
  async function saidBy(nightwatch: NightwatchProcess): Promise<string> {
    const { text } = await nightwatch.readyz();
    await nightwatch.process.stop();
    return `${text}\n${await nightwatch.log()}`;
  }

  function assertShowsNone(text: string): void {
    assert.ok(text.length > 0);
    for (const secret of secrets) {
      const lines = text.split('\n').filter((line) => line.includes(secret));
      assert.deepEqual(lines, [], `'${secret}' is shown`);
    }
  }

  async function wrongPasswords(): Promise<Partial<NightwatchOptions>> {
    return { databaseUrl: withPassword(right.databaseUrl, wrong), redisUrls: [withPassword(redis.url, wrong)] };
  }

  async function nobodyThere(): Promise<Partial<NightwatchOptions>> {
    const [redisUrl = ''] = right.redisUrls;
    return { databaseUrl: withPort(right.databaseUrl, 1), redisUrls: [withPort(redisUrl, 1)] };
  }

  async function wrongToken(): Promise<Partial<NightwatchOptions>> {
    const { path } = resources.use(await scratchDirectory('token'));
    const access = await readKubeconfig(right.kubeconfig);
    return { kubeconfig: await writeKubeconfig(join(path, 'kubeconfig'), { ...access, token: wrong }) };
  }
});

function withPassword(address: string, password: string): string {
  return Object.assign(new URL(address), { password: encodeURIComponent(password) }).href;
}

function withPort(address: string, port: number): string {
  return Object.assign(new URL(address), { port: String(port) }).href;
}
