import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aRepetition } from './a-repetition.ts';

describe('a pass that throws', () => {
  function aFailingPass(failures: number) {
    let calls = 0;
    return {
      run: async () => {
        if (++calls <= failures) throw new Error(`failure ${calls}`);
      },
    };
  }

  it('is logged with its error, and the schedule goes on', async () => {
    const { clock, log, startsMs } = aRepetition('@every 1s', { pass: aFailingPass(1) });
    await clock.advance(2_000);
    assert.deepEqual(startsMs, [0, 1_000, 2_000]);
    const [failure, recovery] = log.lines;
    assert.equal(failure?.level, 'error');
    assert.equal(failure.fields.watcher, 'example');
    assert.match(String(failure.fields.err), /failure 1/);
    assert.deepEqual(recovery, { level: 'info', fields: { watcher: 'example', failures: 1 } });
  });

  it('is repeated with rests that double up to five seconds, on a schedule that would be a hot loop', async () => {
    const { clock, startsMs } = aRepetition('@every 10ms', { pass: aFailingPass(Number.POSITIVE_INFINITY) });
    await clock.advance(30_000);
    const restsMs = startsMs.slice(1).map((startMs, index) => startMs - (startsMs[index] ?? 0));
    assert.deepEqual(restsMs.slice(0, 8), [110, 210, 410, 810, 1_610, 3_210, 5_010, 5_010]);
  });

  it('takes up its schedule at full pace after a success, and begins again with a short rest', async () => {
    let calls = 0;
    const pass = {
      run: async () => {
        calls += 1;
        if (calls <= 3 || calls === 5) throw new Error('failure');
      },
    };
    const { clock, startsMs } = aRepetition('@every 10ms', { pass });
    await clock.advance(900);
    assert.deepEqual(startsMs.slice(0, 6), [0, 110, 320, 730, 740, 850]);
  });

  it('is not repeated earlier by a wake-up, but right after the rest', async () => {
    const { clock, startsMs, repetition } = aRepetition('@every 1h', { pass: aFailingPass(1) });
    await clock.advance(10);
    repetition.wake();
    await clock.advance(50);
    assert.deepEqual(startsMs, [0]);
    await clock.advance(50);
    assert.deepEqual(startsMs, [0, 100]);
  });

  it('may throw at once instead of in its promise', async () => {
    const pass = {
      run: (): Promise<void> => {
        throw new Error('at once');
      },
    };
    const { clock, log } = aRepetition('@every 1h', { pass });
    await clock.advance(0);
    assert.deepEqual(
      log.lines.map((line) => line.level),
      ['error'],
    );
  });
});
