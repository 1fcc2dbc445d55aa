import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type ManyTermsOptions, manyTermsReport, mostSockets, type Sample } from '../support/many-terms.ts';
import { type RunningSystem, startSystem } from '../support/running-system.ts';
import { submitBatch, untilBatch } from '../support/task-batch.ts';
import { anInfo } from '../support/task-rows.ts';

const program = join(import.meta.dirname, '../support/many-terms.ts');
const terms = 1_000;
const megabyte = 1024 * 1024;

describe('a process that leads a thousand times', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;

  before(async () => {
    system = resources.use(await startSystem());
  });

  after(() => resources.disposeAsync());

  it('holds what it held before: memory, timers, sockets, listeners', { timeout: 240_000 }, async (t) => {
    await using installation = await system.install('mariadb');
    const { user, namespace, database, nightwatch } = installation;
    // Each term takes these over and follows them.
    await submitBatch(installation, { prefix: 'open', count: 30, info: anInfo({ life: 'hang' }) });
    await untilBatch(user, { status: 'Running' });
    await nightwatch.process.stop();

    const { first, last, epochs, warnings } = await lead({
      databaseUrl: database.serviceUrl,
      redisUrl: system.redis.url,
      lockName: database.name,
      kubeconfig: await system.cluster.kubeconfigFor(),
      namespace,
      warmUpTerms: 150,
      terms,
    });

    t.diagnostic(`heap ${inMegabytes(first.heapBytes)} -> ${inMegabytes(last.heapBytes)}`);
    t.diagnostic(`rss ${inMegabytes(first.rssBytes)} -> ${inMegabytes(last.rssBytes)}`);
    t.diagnostic(`resources ${JSON.stringify(first.resources)} -> ${JSON.stringify(last.resources)}`);
    const requests = await system.cluster.auditedJobRequests();
    const watches = requests.filter(({ verb, userAgent }) => verb === 'watch' && userAgent === 'nightwatch/test');
    t.diagnostic(`${watches.length} terms watched Jobs`);
    assert.ok(watches.length > terms / 4, `${watches.length} terms came so far as to watch Jobs`);
    assert.equal(epochs, terms);
    assert.deepEqual(warnings, []);
    assert.equal(last.stopListeners, first.stopListeners);
    assertNoMore(first, last);
  });
});

async function lead(options: ManyTermsOptions) {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program], {
    env: { PATH: process.env.PATH, MANY_TERMS: JSON.stringify(options) },
    timeout: 220_000,
    killSignal: 'SIGKILL',
  });
  return manyTermsReport.parse(JSON.parse(stdout));
}

function assertNoMore(first: Sample, last: Sample): void {
  // A thousand leaked terms would weigh more, at ten kilobytes each.
  assert.ok(last.heapBytes - first.heapBytes < 4 * megabyte, 'heap');
  // The allocator keeps what it once had.
  assert.ok(last.rssBytes - first.rssBytes < 40 * megabyte, 'resident memory');
  const kinds = new Set([...Object.keys(first.resources), ...Object.keys(last.resources)]);
  for (const kind of kinds) {
    const [before, behind] = [first.resources[kind] ?? 0, last.resources[kind] ?? 0];
    // A pool keeps each connection that it ever needed at once, so how many there are says how busy the machine was.
    const most = kind === 'TCPSocketWrap' ? mostSockets : before + 5;
    assert.ok(behind <= most, `${behind} ${kind} where there were ${before}, of ${most} at most`);
  }
}

function inMegabytes(bytes: number): string {
  return `${(bytes / megabyte).toFixed(1)} MB`;
}
