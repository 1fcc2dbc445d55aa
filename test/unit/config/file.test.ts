import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aConfigInput, faultsOf, onlyFault, validRunConfig } from './a-config-input.ts';

const path = '/etc/nightwatch.yaml';

function withFile(text: string, environment: Readonly<Record<string, string | undefined>> = {}) {
  return aConfigInput(environment, { file: { path, text } });
}

describe('a configuration file', () => {
  it('sets what the environment sets, by the same names', () => {
    const text = 'NIGHTWATCH_LOCK_NAME: other\nNIGHTWATCH_LEASE_TTL: 6s\nNIGHTWATCH_CREATES_IN_FLIGHT: 32\n';
    const config = validRunConfig(withFile(text));
    assert.deepEqual([config.lockName, config.lease.ttlMs, config.dispatch.createsInFlight], ['other', 6_000, 32]);
  });

  it('may give all that is required', () => {
    const text = `
NIGHTWATCH_DATABASE_URL: mysql://u:p@localhost/t
NIGHTWATCH_REDIS_URLS: [redis://a, redis://b, redis://c]
NIGHTWATCH_NAMESPACES:
  - default
KUBECONFIG: /etc/kubeconfig
`;
    const config = validRunConfig({ ...withFile(text), environment: {} });
    assert.equal(config.redis.length, 3);
    assert.deepEqual(config.kubernetes, { source: 'kubeconfig', path: '/etc/kubeconfig' });
  });

  it('loses against the environment', () => {
    const config = validRunConfig(withFile('NIGHTWATCH_LOCK_NAME: file', { NIGHTWATCH_LOCK_NAME: 'environment' }));
    assert.equal(config.lockName, 'environment');
  });

  it('may write lists and maps as YAML has them', () => {
    const text = `
NIGHTWATCH_IMAGES: [alpine, 'busybox:*']
NIGHTWATCH_POD_SECURITY: { demo: baseline }
NIGHTWATCH_WATCHERS: { resync: '0 0,30 * * * *', cleanup: off }
`;
    const { launch, watchers } = validRunConfig(withFile(text));
    assert.deepEqual(launch.imagePatterns, ['alpine', 'busybox:*']);
    assert.deepEqual(launch.podSecurity, { demo: 'baseline' });
    assert.equal(watchers.size, 2);
    assert.deepEqual(watchers.get('cleanup'), { state: 'off' });
  });

  it('is taken as it is written: no number or word of YAML becomes something else', () => {
    const text = 'NIGHTWATCH_LOCK_NAME: 0123\nNIGHTWATCH_REPLICA: 1e3\nNIGHTWATCH_SERVICE_ACCOUNTS: [yes, no, null]\n';
    const config = validRunConfig(withFile(text));
    assert.deepEqual([config.lockName, config.replica], ['0123', '1e3']);
    assert.deepEqual(config.launch.serviceAccounts, ['yes', 'no', 'null']);
  });

  for (const text of ['', '# nothing yet\n', '---\n']) {
    it(`may be empty: ${JSON.stringify(text)}`, () => {
      validRunConfig(withFile(text));
    });
  }

  it('may say a list once and refer to it', () => {
    const config = validRunConfig(
      withFile('NIGHTWATCH_NAMESPACES: &all [default]\nNIGHTWATCH_IMAGES: *all', { NIGHTWATCH_NAMESPACES: undefined }),
    );
    assert.deepEqual(config.launch.imagePatterns, ['default']);
  });

  for (const [what, text, problem] of [
    ['an open bracket', 'NIGHTWATCH_IMAGES: [a', /^line 1, column \d+: /],
    ['a name twice', 'NIGHTWATCH_REPLICA: a\nNIGHTWATCH_REPLICA: b', /^line 2, column 1: a key is there twice$/],
    [
      'a key of a map twice',
      'NIGHTWATCH_WATCHERS: { sync: off, sync: off }',
      /^line 1, column 35: a key is there twice$/,
    ],
    [
      'two documents',
      'NIGHTWATCH_REPLICA: a\n---\nNIGHTWATCH_REPLICA: b',
      /^line 2, column 1: Source contains multiple documents$/,
    ],
    ['a tag', 'NIGHTWATCH_REPLICA: !vault a', /^line 1, column 21: Unresolved tag$/],
    ['no map', '- NIGHTWATCH_REPLICA', /^it is no map$/],
    ['a mere word', 'NIGHTWATCH_REPLICA', /^it is no map$/],
    ['an unknown alias', 'NIGHTWATCH_REPLICA: *nobody', /alias/],
    ['a bomb of aliases', aBomb(), /alias/],
    ['a bomb of brackets', '['.repeat(10_000), /^it is nested too deeply$/],
    ['more than 256 KiB', `# ${'x'.repeat(256 * 1024)}`, /^it is larger than 256 KiB$/],
  ] as const) {
    it(`with ${what} is one fault, which names the file`, () => {
      const fault = onlyFault(withFile(text));
      assert.deepEqual([fault.name, fault.where], ['the file', path]);
      assert.match(fault.problem ?? '', problem);
    });
  }

  it('that is broken hides no fault of the environment, and makes nothing missing', () => {
    const faults = faultsOf(
      withFile('a: [', { NIGHTWATCH_NAMESPACES: undefined, NIGHTWATCH_LEASE_TTL: 'soon', NIGHTWATCH_TLL: '1s' }),
    );
    assert.deepEqual(
      faults.map((fault) => fault.name),
      ['the file', 'NIGHTWATCH_TLL', 'NIGHTWATCH_LEASE_TTL'],
    );
  });

  it('quotes nothing of itself in a fault, where a secret may stand', () => {
    for (const text of [
      'NIGHTWATCH_REDIS_URLS: "redis://:hunter2@h',
      'hunter2\n\tx: [',
      'a: @hunter2',
      'a: !hunter2 b',
      'a: *hunter2',
    ]) {
      assert.doesNotMatch(JSON.stringify(faultsOf(withFile(text))), /hunter2/);
    }
  });

  it('with a value that is nested deeper is told by its name', () => {
    for (const value of ['{ a: { b: c } }', '[[a]]', '{ [a]: b }']) {
      assert.equal(onlyFault(withFile(`NIGHTWATCH_WATCHERS: ${value}`)).name, 'NIGHTWATCH_WATCHERS');
    }
  });

  it('knows no names but those of settings', () => {
    const faults = faultsOf(withFile('NIGHTWATCH_IMAGE: alpine\nimages: alpine\nNIGHTWATCH_TEST_X: y\n__proto__: z'));
    assert.deepEqual(
      faults.map(({ name, where }) => [name, where]),
      ['NIGHTWATCH_IMAGE', 'images', 'NIGHTWATCH_TEST_X', '__proto__'].map((name) => [name, path]),
    );
    assert.match(faults[0]?.allowed ?? '', /NIGHTWATCH_IMAGES/);
  });

  it('with an empty value is not the same as without it', () => {
    assert.equal(onlyFault(withFile('NIGHTWATCH_IMAGES:')).name, 'NIGHTWATCH_IMAGES');
  });

  it('names itself in a fault of a value', () => {
    const fault = onlyFault(withFile('NIGHTWATCH_CREATES_IN_FLIGHT: 1000'));
    assert.deepEqual([fault.given, fault.where], ['1000', path]);
  });
});

function aBomb(): string {
  const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const lines = levels.map((level, index) => {
    const item = index === 0 ? 'x' : `*${levels[index - 1]}`;
    return `${level}: &${level} [${Array(9).fill(item).join(', ')}]`;
  });
  return lines.join('\n');
}
