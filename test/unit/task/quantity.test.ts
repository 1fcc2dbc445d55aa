import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bytesFault, cpuFault, cpuMillicores, formatBytes, quantityBytes } from '../../../src/task/quantity.ts';

describe('an amount of cpu', () => {
  const amounts: readonly (readonly [text: string, millicores: number])[] = [
    ['1', 1000],
    ['0', 0],
    ['+2', 2000],
    ['500m', 500],
    ['0.5', 500],
    ['.5', 500],
    ['1.', 1000],
    ['1e1', 10_000],
    ['5E-1', 500],
    ['2k', 2_000_000],
    ['1000000u', 1000],
    ['8327.5m', 8328],
    ['0.00001', 1],
  ];
  for (const [text, millicores] of amounts) {
    test(`${text} is ${millicores} millicores`, () => {
      assert.equal(cpuFault(text), undefined);
      assert.equal(cpuMillicores(text), millicores);
    });
  }
  for (const text of [
    '',
    'm',
    '.',
    '-1',
    '1 ',
    '2 cores',
    '1,5',
    '0x1',
    '1e99',
    '1e999999999',
    'NaN',
    '1ki',
    '1KI',
    '1mm',
    '9E1E',
    '1'.padStart(41, '0'),
  ]) {
    test(`${JSON.stringify(text)} is none`, () => {
      assert.match(cpuFault(text) ?? '', /is not a Kubernetes quantity: write cores such as/);
      assert.equal(cpuMillicores(text), undefined);
    });
  }
});

describe('an amount of memory', () => {
  const amounts: readonly (readonly [text: string, bytes: number])[] = [
    ['128Mi', 134_217_728],
    ['1.5Gi', 1_610_612_736],
    ['1G', 1_000_000_000],
    ['128974848', 128_974_848],
    ['129e6', 129_000_000],
    ['0.5Ki', 512],
    ['128974848000m', 128_974_848],
    ['1.1Gi', 1_181_116_007],
    ['1E', 1e18],
    ['7Ei', 7 * 2 ** 60],
  ];
  for (const [text, bytes] of amounts) {
    test(`${text} is ${bytes} bytes`, () => {
      assert.equal(bytesFault(text), undefined);
      assert.equal(quantityBytes(text), bytes);
    });
  }
  test('is whole, which catches m written for M', () => {
    assert.equal(quantityBytes('400m'), undefined);
    assert.match(bytesFault('400m') ?? '', /'400m' is not a whole number of bytes: write bytes such as '256Mi'/);
  });
  test('is not more than Kubernetes can count', () => {
    assert.equal(quantityBytes('9223372036854775807'), 2 ** 63);
    assert.match(bytesFault('9223372036854775808') ?? '', /not a Kubernetes quantity/);
    assert.match(bytesFault('8Ei') ?? '', /not a Kubernetes quantity/);
  });
  for (const [bytes, text] of [
    [0, '0'],
    [1000, '1000'],
    [1024, '1Ki'],
    [1536 * 1024, '1536Ki'],
    [2 ** 31, '2Gi'],
  ] as const) {
    test(`of ${bytes} bytes is written as ${text}`, () => assert.equal(formatBytes(bytes), text));
  }
});
