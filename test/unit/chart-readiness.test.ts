import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startHealthServer } from '../../src/http/health.ts';
import type { HealthResult } from '../../src/http/health-check.ts';
import { chartFolder } from '../chart/chart-files.ts';

const script = readFileSync(join(chartFolder, 'files', 'read-readiness.js'), 'utf8');
const timeout = 30_000;

describe('what helm test runs', { timeout }, () => {
  it('prints what a replica that is ready says of itself', async () => {
    const { code, output } = await readReadiness(() => ({ ok: true, detail: 'schema version 9' }), '60000');
    assert.match(output, /^127\.0\.0\.1:\d+\n\[\+\]database ok: schema version 9\nreadyz check passed\n/);
    assert.equal(code, 0);
  });

  it('waits for a replica that is not ready yet', async () => {
    let asked = 0;
    const becomesReady = (): HealthResult => {
      asked += 1;
      return asked > 1 ? { ok: true } : { ok: false, detail: 'SchemaBehind' };
    };
    const { code, output } = await readReadiness(becomesReady, '60000');
    assert.match(output, /readyz check passed/);
    assert.deepEqual([code, asked], [0, 2]);
  });

  it('fails with what a replica says that does not become ready', async () => {
    const { code, output } = await readReadiness(() => ({ ok: false, detail: 'SchemaBehind: …' }), '100');
    assert.match(output, /\[-\]database SchemaBehind: …\nreadyz check failed/);
    assert.equal(code, 1);
  });

  it('fails with the reason why a replica cannot be asked', async () => {
    const { code, output } = await run('http://127.0.0.1:2', '100');
    assert.match(output, /^127\.0\.0\.1:2\n.*ECONNREFUSED/);
    assert.equal(code, 1);
  });
});

async function readReadiness(check: () => HealthResult, patienceMs: string) {
  const log = { warn: () => assert.fail('the health server failed') };
  const address = { host: '127.0.0.1', port: 0 };
  const readiness = [{ name: 'database', check }];
  await using server = await startHealthServer({ address, liveness: [], readiness, log });
  return await run(`http://127.0.0.1:${server.address.port}`, patienceMs);
}

function run(address: string, patienceMs: string): Promise<{ readonly code: unknown; readonly output: string }> {
  const args = ['--input-type=module', '--eval', script, address, patienceMs];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env: {} }, (error, output) => resolve({ code: error?.code ?? 0, output }));
  });
}
