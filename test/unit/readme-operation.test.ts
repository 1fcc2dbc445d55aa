import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import packageJson from '../../package.json' with { type: 'json' };
import { fileNameOf } from '../../src/config/read-setting.ts';
import { settingNames, settings } from '../../src/config/settings.ts';
import { parseDuration } from '../../src/duration.ts';
import type { AnswerClass } from '../../src/executors/kubernetes/classify-answer.ts';
import { translateMysqlError } from '../../src/store/mysql/mysql-error.ts';
import type { StoreErrorKind } from '../../src/store/store-error.ts';
import { taskEnvironment } from '../../src/task/task-environment.ts';
import { scheduleWatchers } from '../../src/watchers/scheduled-watcher.ts';
import { ObservationState } from '../../src/watchers/sync/observation-state.ts';
import { createWatchers } from '../../src/watchers/watchers.ts';
import { anAttempt } from '../support/builders.ts';
import { createCensus } from '../support/example-watcher.ts';
import { codeSpans, readTable } from '../support/markdown-table.ts';
import { readmePath } from '../support/readme-blocks.ts';

const readme = readFileSync(readmePath, 'utf8');
const root = join(import.meta.dirname, '..', '..');
const sources = globSync('src/**/*.ts', { cwd: root }).map((path) => readFileSync(join(root, path), 'utf8'));

describe('what the README tells operators', () => {
  const knownNames = settingNames.flatMap((name) => ('secret' in settings[name] ? [name, fileNameOf(name)] : [name]));

  const variables = Object.keys(taskEnvironment(anAttempt(), 'any'));

  it('names no setting that there is not', () => {
    const named = new Set(readme.match(/\bNIGHTWATCH_(?!TEST_|E2E_)\w+/g));
    assert.deepEqual(
      [...named].filter((name) => ![...knownNames, ...variables].some((known) => known === name)),
      [],
    );
  });

  it('names every variable that a container is given', () => {
    for (const name of variables) assert.ok(readme.includes(`\`${name}\``), name);
  });

  it('quotes, of what shows a symptom, only words that the program has', () => {
    const rows = readTable(readme, ['What you see', 'Where it shows', 'What to do']);
    const quoted = rows.flatMap((row) => codeSpans(row['Where it shows'] ?? ''));
    assert.ok(quoted.length > 20);
    for (const words of quoted.map((code) => code.replace('?verbose', '').replace(/^\//, ''))) {
      assert.ok(
        sources.some((source) => source.includes(words)),
        words,
      );
    }
  });

  it('names only commands that there are', () => {
    const makefile = readFileSync(join(root, 'Makefile'), 'utf8');
    for (const [, target] of readme.matchAll(/`make ([a-z]+)`/g))
      assert.match(makefile, new RegExp(`^${target}:`, 'm'));
    for (const [, script = ''] of readme.matchAll(/`npm run ([a-z:]+)`/g))
      assert.ok(script in packageJson.scripts, script);
  });
});

describe('what the README tells developers', () => {
  it('names only files and folders that there are', () => {
    const named = codeSpans(readme).filter((code) => /^(src|migrations|test|bench|deploy)\/[\w./-]*$/.test(code));
    const future = 'src/watchers/census/census.ts';
    assert.ok(named.includes(future));
    assert.deepEqual(
      named.filter((path) => path !== future && !existsSync(join(root, path))),
      [],
    );
  });

  it('lists the watchers with their schedules', () => {
    const intervalMs = parseDuration(settings.NIGHTWATCH_DISPATCH_INTERVAL.default) ?? 0;
    const watchers = createWatchers({
      history: { keptSeconds: undefined, keptRows: undefined },
      ...{ intervalMs, createsInFlight: 1, createLeaseMs: 1_000, createDeadlineMs: 1_000, namespaces: [] },
      ...{ lostNamespaces: [], orphans: 'keep', acceptsDeletedJobs: false, state: new ObservationState() },
    });
    assert.deepEqual(
      readTable(readme, ['Watcher', 'Schedule', 'What it does']).map((row) => [row.Watcher, row.Schedule]),
      watchers.map(({ name, schedule }) => [`\`${name}\``, `\`${schedule}\``]),
    );
  });

  it('shows an example of a watcher that can be scheduled', () => {
    assert.equal(scheduleWatchers([createCensus()], new Map()).result, 'valid');
  });

  it('explains every class of answers of the API server', () => {
    const classes: Record<AnswerClass, true> = {
      ...{ ok: true, exists: true, stale: true, invalid: true, denied: true, 'namespace-terminating': true },
      ...{ quota: true, forbidden: true, missing: true, throttled: true, unknown: true },
    };
    const rows = readTable(readme, ['Class', 'Signal', 'What is done']);
    assert.deepEqual(new Set(rows.map((row) => codeSpans(row.Class ?? '')[0])), new Set(Object.keys(classes)));
  });

  const kinds = readTable(readme, ['Kind', 'Signal', 'What is done']);

  it('explains every kind of failed statement', () => {
    const all: Record<StoreErrorKind, true> = {
      ...{ retry: true, 'lock-wait': true, demoted: true, unknown: true, configuration: true, unexpected: true },
    };
    assert.deepEqual(new Set(kinds.map((row) => codeSpans(row.Kind ?? '')[0])), new Set(Object.keys(all)));
  });

  for (const { Kind = '', Signal = '' } of kinds) {
    for (const [number] of Signal.matchAll(/\b\d{4}\b/g)) {
      it(`tells that error ${number} is of the kind ${Kind}`, () => {
        const error = Object.assign(new Error('refused'), { errno: Number(number) });
        assert.equal(`\`${translateMysqlError(error).kind}\``, Kind);
      });
    }
  }
});
