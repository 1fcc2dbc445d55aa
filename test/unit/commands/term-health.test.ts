import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { termHealth } from '../../../src/commands/term-health.ts';
import type { CampaignState } from '../../../src/leader/elector.ts';
import type { LockServer } from '../../../src/leader/lock.ts';
import type { Term } from '../../../src/leader/term.ts';
import { ObservationState } from '../../../src/watchers/sync/observation-state.ts';
import { aLease, aTerm } from '../../support/a-term.ts';
import { LeaseClock } from '../../support/lease-clock.ts';
import { MemoryLock } from '../../support/memory-lock.ts';

interface HealthSetting {
  readonly term?: Term;
  readonly state?: CampaignState;
  readonly servers?: readonly LockServer[];
}

function healthOf({ term, state = { detail: 'waits', isMisconfigured: false }, servers }: HealthSetting) {
  const lock = new MemoryLock();
  if (servers) lock.servers = () => servers;
  const elector = { state, campaign: () => Promise.reject(new Error('nobody campaigns here')) };
  const { liveness, readiness } = termHealth({
    currentTerm: () => term,
    elector,
    lock,
    observation: new ObservationState(),
  });
  const checks = [...liveness, ...readiness];
  return (name: string) => checks.find((check) => check.name === name)?.check() ?? assert.fail(`no check ${name}`);
}

describe('the health of leadership', () => {
  it('is well for a replica that waits, with what it waits for', () => {
    const check = healthOf({ state: { detail: 'another replica holds the lock', isMisconfigured: false } });
    assert.deepEqual(check('leadership'), { ok: true, detail: 'another replica holds the lock' });
    assert.deepEqual(check('lease'), { ok: true });
  });

  it('is not well for a replica that will never lead as it is configured', () => {
    const check = healthOf({ state: { detail: 'another lock', isMisconfigured: true } });
    assert.deepEqual(check('leadership'), { ok: false, detail: 'another lock' });
  });

  it('says which term leads and how long it may act', async () => {
    const clock = new LeaseClock();
    const term = await aTerm({ clock, epoch: 7, id: 'term-1' });
    clock.advance(1_000);
    const check = healthOf({ term });
    assert.deepEqual(check('leadership'), {
      ok: true,
      detail: 'leads, epoch 7, term term-1, 39000 ms left, last renewal: acquired',
    });
    term.end('over');
  });

  it('is alive until HARD has passed, and no longer', async () => {
    const clock = new LeaseClock();
    const term = await aTerm({ clock });
    const check = healthOf({ term });
    clock.advance(aLease().hardMs - 1);
    assert.equal(check('lease').ok, true);
    clock.advance(51);
    assert.equal(check('lease').ok, false);
    assert.match(check('lease').detail ?? '', /should have ended 50 ms ago/);
    term.end('over');
  });

  const up = { name: 'a', isUp: true };
  const down = { name: 'b', isUp: false };
  for (const [servers, expected] of [
    [[up], { ok: true, detail: '1 of 1 connected' }],
    [[down], { ok: false, detail: '0 of 1 connected, not b' }],
    [[up, up, down], { ok: true, detail: '2 of 3 connected, not b' }],
    [[up, down, down], { ok: false, detail: '1 of 3 connected, not b, b' }],
  ] as const) {
    it(`needs a majority of the lock servers: ${expected.detail}`, () =>
      assert.deepEqual(healthOf({ servers })('redis'), expected));
  }

  it('tells how Jobs are observed', () => assert.equal(healthOf({})('jobs').detail, '0 namespaces are followed'));
});
