import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LifeScriptError, lifeOfCommand, type PodEnding, type PodLife, parsePodLife } from '../../support/pod-life.ts';

type Run = Extract<PodLife, { kind: 'runs' }>;

function aRun(overrides: Partial<Run> = {}): Run {
  return { kind: 'runs', startAfterMs: 0, ending: anEnding(), stopMs: 0, ...overrides };
}

function anEnding(overrides: Partial<PodEnding> = {}): PodEnding {
  return { afterMs: 0, exitCode: 0, reason: 'Completed', ...overrides };
}

describe('parsePodLife', () => {
  for (const [script, life] of [
    ['succeed', aRun()],
    ['succeed after 200ms', aRun({ ending: anEnding({ afterMs: 200 }) })],
    ['start 100ms; succeed after 2s', aRun({ startAfterMs: 100, ending: anEnding({ afterMs: 2000 }) })],
    ['exit 3 after 50ms', aRun({ ending: anEnding({ afterMs: 50, exitCode: 3, reason: 'Error' }) })],
    ['exit 255', aRun({ ending: anEnding({ exitCode: 255, reason: 'Error' }) })],
    ['exit 0', aRun()],
    ['crash', aRun({ ending: anEnding({ exitCode: 137, reason: 'OOMKilled' }) })],
    ['crash after 1m', aRun({ ending: anEnding({ afterMs: 60_000, exitCode: 137, reason: 'OOMKilled' }) })],
    ['hang', aRun({ ending: undefined })],
    ['start 1s;hang;stop 300ms', aRun({ startAfterMs: 1000, ending: undefined, stopMs: 300 })],
    ['image-pull-failure', { kind: 'image-pull-failure' }],
    [' pending ', { kind: 'pending' }],
    ['rejected', { kind: 'rejected' }],
    ['unschedulable', { kind: 'waits', cause: 'unschedulable' }],
    ['image-not-found', { kind: 'waits', cause: 'image-not-found' }],
    ['evict after 1s', aRun({ ending: { afterMs: 1000, exitCode: 137, reason: 'Error', isEvicted: true } })],
  ] as const) {
    it(`reads '${script}'`, () => {
      assert.deepEqual(parsePodLife(script), life);
    });
  }

  for (const script of [
    '',
    'start 1s',
    'stop 1s',
    'start 1s; stop 1s',
    'succeed; crash',
    'succeed; start 1s',
    'stop 1s; succeed',
    'start 1s; start 1s; succeed',
    'start 1s; pending',
    'image-pull-failure; stop 1s',
    'unschedulable; stop 1s',
    'evict 3',
    'succeed;',
    'Succeed',
    'succeed after',
    'succeed after 5',
    'succeed after 1.5s',
    'succeed after -1s',
    'exit',
    'exit 256',
    'exit -1',
    'exit 1 after 1h',
    'hang after 1s',
    'crash 3',
  ]) {
    it(`refuses '${script}'`, () => {
      assert.throws(() => parsePodLife(script), LifeScriptError);
    });
  }

  it('quotes the script that it refuses', () => {
    assert.throws(() => parsePodLife('start 1s; explode'), /'explode' in life script 'start 1s; explode'/);
  });
});

describe('lifeOfCommand', () => {
  for (const [commandLine, afterMs] of [
    [['sleep', '0.25'], 250],
    [['/bin/sleep', '1s'], 1000],
    [['sh', '-c', 'sleep 1'], 1000],
    [['sleep', '3600'], 5000],
    [['sleep', '1', '2'], 0],
    [['sleep'], 0],
    [['echo', 'sleep 1'], 0],
    [['sh', '-c', 'sleep 1 && false'], 0],
    [[], 0],
  ] as const) {
    it(`lets '${commandLine.join(' ')}' run for ${afterMs} ms and succeed, with sleep limited to 5000 ms`, () => {
      assert.deepEqual(lifeOfCommand(commandLine, 5000), aRun({ ending: anEnding({ afterMs }) }));
    });
  }
});
