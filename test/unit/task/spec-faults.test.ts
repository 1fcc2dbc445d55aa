import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { faultOf } from './parsed-info.ts';

describe('the fault of info', () => {
  const cases: readonly (readonly [name: string, info: unknown, said: string | RegExp])[] = [
    ['that is empty', '', /^info is empty/],
    ['that is blank', ' \n', /^info is empty/],
    ['that is null', 'null', 'info has to be a JSON object'],
    ['that is a list', '[1]', 'info has to be a JSON object'],
    ['that is a string', '"alpine"', 'info has to be a JSON object'],
    ['with broken JSON', '{"image":"alpine",}', /^info is not JSON: at position 18 .*expected a key in double quotes$/],
    ['without an image', {}, /^image: is missing: name the image to run/],
    ['with an image that is none', { image: 'Alpine' }, /^image: 'Alpine' is not an image/],
    ['with a misspelt key', { image: 'x', comand: [] }, "unknown key 'comand': did you mean 'command'?"],
    [
      'with a key like no other',
      { image: 'x', hostNetwork: true },
      /^unknown key 'hostNetwork': known are image, command, /,
    ],
    [
      'with a misspelt nested key',
      { image: 'x', resources: { limit: {} } },
      "resources: unknown key 'limit': did you mean 'limits'?",
    ],
    [
      'with a misspelt amount',
      { image: 'x', resources: { limits: { mem: '1Gi', memroy: '1Gi' } } },
      /^resources\.limits: unknown key 'mem'.*; resources\.limits: unknown key 'memroy': did you mean 'memory'\?$/,
    ],
    [
      'with a number as environment',
      { image: 'x', env: { PORT: 80 } },
      'env.PORT: has to be a string: write it in double quotes',
    ],
    [
      'with a word that is no string',
      { image: 'x', args: ['a', 1] },
      'args[1]: has to be a string: write it in double quotes',
    ],
    ['with a command as text', { image: 'x', command: 'sleep' }, 'command: has to be a list of strings'],
    ['with an unnamed variable', { image: 'x', env: { '': 'x' } }, 'env: a variable needs a name'],
    ['with = in the name of a variable', { image: 'x', env: { 'A=B': 'x' } }, /^env: the name 'A=B' is not right/],
    [
      'with a variable of ours',
      { image: 'x', env: { NIGHTWATCH_TASK_ID: '1' } },
      "env: the name 'NIGHTWATCH_TASK_ID' is reserved: names that begin with NIGHTWATCH_ are set by nightwatch itself",
    ],
    ['with a non-ASCII variable', { image: 'x', env: { ü: 'x' } }, /^env: the name 'ü' is not right/],
    [
      'with a relative directory',
      { image: 'x', workingDir: 'tmp' },
      "workingDir: 'tmp' is not an absolute path: begin it with '/'",
    ],
    [
      'with a fraction',
      { image: 'x', backoffLimit: 0.5 },
      'backoffLimit: has to be a whole number from 0 to 2147483647',
    ],
    ['with a negative number', { image: 'x', backoffLimit: -1 }, /^backoffLimit: has to be/],
    ['with a number beyond int32', { image: 'x', completions: 2 ** 31 }, /^completions: has to be/],
    ['with a number beyond all', '{"image":"x","completions":1e400}', /^completions: has to be/],
    ['with a number as text', { image: 'x', deadlineSeconds: '60' }, /^deadlineSeconds: has to be a whole number/],
    ['with a deadline of 0', { image: 'x', deadlineSeconds: 0 }, /^deadlineSeconds: has to be a whole number from 1/],
    [
      'with too many pods',
      { image: 'x', parallelism: 10_001 },
      /^parallelism: has to be a whole number from 1 to 10000/,
    ],
    [
      'with an unknown pull policy',
      { image: 'x', imagePullPolicy: 'always' },
      'imagePullPolicy: has to be one of Always, IfNotPresent, Never',
    ],
    ['with a wrong account', { image: 'x', serviceAccountName: 'A' }, /^serviceAccountName: 'A' has 'A' at position 1/],
    ['with a wrong secret', { image: 'x', imagePullSecrets: ['ok', ''] }, /^imagePullSecrets\[1\]: is empty/],
    [
      'with a label of ours',
      { image: 'x', labels: { 'nightwatch.dev/attempt-id': 'x' } },
      /^labels: the key 'nightwatch.dev\/attempt-id' is reserved/,
    ],
    ['with a wrong label', { image: 'x', labels: { 'a/b': '-' } }, /^labels\['a\/b'\]: '-' is not right/],
    [
      'with an annotation of Kubernetes',
      { image: 'x', annotations: { 'container.seccomp.security.alpha.kubernetes.io/task': 'unconfined' } },
      /^annotations: the key .* is reserved/,
    ],
    [
      'with a request above its limit',
      { image: 'x', resources: { requests: { cpu: '2' }, limits: { cpu: '1500m' } } },
      "resources.requests.cpu: '2' is more than the limit '1500m': ask for the limit or less",
    ],
    [
      'with a limit of 0, which is none',
      { image: 'x', resources: { limits: { memory: '0' } } },
      /^resources\.limits\.memory: has to be more than 0/,
    ],
    [
      'with a number as quantity',
      { image: 'x', resources: { limits: { cpu: 1 } } },
      'resources.limits.cpu: has to be a string: write it in double quotes',
    ],
    ['with a NUL', '{"image":"x","args":["a\\u0000"]}', /^args\[0\]: has a NUL character/],
    [
      'with a NUL in a key',
      '{"image":"x","annotations":{"a\\u0000":""}}',
      /^annotations\['a\\u0000'\]: has a NUL character/,
    ],
    ['with half a surrogate pair', '{"image":"x","args":["\\ud83d"]}', /^args\[0\]: has half of a surrogate pair/],
    ['with __proto__', '{"image":"x","__proto__":{"image":"y"}}', '__proto__: this key is not allowed'],
    [
      'with __proto__ among the environment',
      '{"image":"x","env":{"__proto__":"y"}}',
      'env.__proto__: this key is not allowed',
    ],
    ['with constructor', '{"image":"x","constructor":{"prototype":{}}}', /^unknown key 'constructor'/],
    [
      'that nests too deep',
      `{"image":"x","env":${'['.repeat(8)}${']'.repeat(8)}}`,
      /^info nests deeper than 8 levels.* more than 6$/,
    ],
    ['that nests beyond any stack', '['.repeat(16_000) + ']'.repeat(16_000), /^info nests deeper than 8 levels/],
    [
      'that holds too much',
      { image: 'x', args: Array(2000).fill('') },
      'info holds 2003 values: at most 2000 are allowed',
    ],
    [
      'with too many variables',
      { image: 'x', env: Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`A${index}`, ''])) },
      'env: may have at most 500 entries',
    ],
    [
      'with too many labels',
      { image: 'x', labels: Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`a${index}`, ''])) },
      'labels: may have at most 64 entries',
    ],
  ];
  for (const [name, info, said] of cases) {
    test(`${name} says where and what would be right`, () => {
      const fault = faultOf(info);
      if (typeof said === 'string') assert.equal(fault, said);
      else assert.match(fault, said);
    });
  }

  test('lists all that is wrong, unknown keys first', () => {
    const fault = faultOf({ imge: 'x', args: 1, deadlineSeconds: -1 });
    assert.match(
      fault,
      /^unknown key 'imge': did you mean 'image'\?; image: is missing.*; args: .*; deadlineSeconds: /,
    );
  });

  test('is cut at 1000 characters and counts the rest', () => {
    const fault = faultOf({
      image: 'x',
      env: Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`A${index}`, index])),
    });
    assert.ok(fault.length <= 1000);
    assert.match(fault, /; and 3\d\d more$/);
  });
});
