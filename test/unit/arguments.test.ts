import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { helpText, parseArguments } from '../../src/arguments.ts';

describe('parseArguments', () => {
  for (const [line, expected] of [
    ['run', { request: 'run', configPath: undefined }],
    ['run --config /etc/nightwatch.yaml', { request: 'run', configPath: '/etc/nightwatch.yaml' }],
    ['--config=a.yaml run', { request: 'run', configPath: 'a.yaml' }],
    ['migrate', { request: 'migrate', configPath: undefined, isDryRun: false }],
    ['migrate --dry-run --config ./a', { request: 'migrate', configPath: './a', isDryRun: true }],
    ['help', { request: 'help' }],
    ['help migrate', { request: 'help' }],
    ['--help', { request: 'help' }],
    ['-h', { request: 'help' }],
    ['run --help', { request: 'help' }],
    ['--version', { request: 'version' }],
  ] as const) {
    it(`understands 'nightwatch ${line}'`, () => {
      assert.deepEqual(parseArguments(line.split(' ')), expected);
    });
  }

  for (const [line, reason] of [
    ['', /a command is missing: run or migrate/],
    ['migrat', /unknown command 'migrat': did you mean 'migrate'\?/],
    ['deploy', /unknown command 'deploy' \(/],
    ['RUN', /did you mean 'run'\?/],
    ['run --confg a', /unknown option '--confg': did you mean '--config'\?/],
    ['migrate --dryrun', /unknown option '--dryrun': did you mean '--dry-run'\?/],
    ['run --verbose', /unknown option '--verbose' \(/],
    ['run -x', /unknown option '-x'/],
    ['run --dry-run', /--dry-run is an option of migrate/],
    ['migrate --dry-run=yes', /--dry-run takes no value/],
    ['run --config', /--config needs the path of a file/],
    ['run --config=', /--config needs the path of a file/],
    ['migrate --config --dry-run', /--config needs the path of a file/],
    ['run --config a --config b', /--config is given twice/],
    ['run migrate', /'migrate' is too much: run takes options only/],
    ['run --no-help', /unknown option '--no-help'/],
    ['run --__proto__', /unknown option '--__proto__'/],
  ] as const) {
    it(`refuses 'nightwatch ${line}'`, () => {
      const parsed = parseArguments(line === '' ? [] : line.split(' '));
      assert.equal(parsed.request, 'invalid');
      assert.match(parsed.message, reason);
    });
  }

  it('never throws, whatever the words', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('run', 'migrate', '--config', '--', '-', '--dry-run', '-h', '--help=x'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (words) => {
        assert.equal(typeof parseArguments(words).request, 'string');
      }),
    );
  });
});

describe('helpText', () => {
  it('names every command, option and exit code', () => {
    for (const word of ['run', 'migrate', 'help', '--config', '--dry-run', '--help', '-h', '--version']) {
      assert.match(helpText, new RegExp(`^ +.*${word}\\b`, 'm'));
    }
    for (const code of [0, 1, 2, 3, 4]) assert.match(helpText, new RegExp(`^ {2}${code} {2}\\w`, 'm'));
  });
});
