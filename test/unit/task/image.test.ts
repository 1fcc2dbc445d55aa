import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { matchesImage } from '../../../src/task/image-pattern.ts';
import { imageFault, registryOf } from '../../../src/task/image-reference.ts';

const sha256 = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('an image', () => {
  const right = [
    'alpine',
    'alpine:3.22',
    `alpine@${sha256}`,
    `alpine:3.22@${sha256}`,
    'library/alpine',
    'registry.example.com/team/app:v1.2.3-rc.1',
    'registry.example.com:5000/app',
    'localhost/app',
    'localhost:5000/a/b/c__d/e--f',
    '[2001:db8::1]:5000/app',
    'Registry/app',
  ];
  for (const image of right) test(`may be ${image}`, () => assert.equal(imageFault(image), undefined));

  const wrong: readonly (readonly [image: string, said: RegExp])[] = [
    ['', /is empty: name the image/],
    ['Alpine', /the path in lower case/],
    ['alpine:', /wrong tag/],
    ['alpine:a b', /has ' ' in it/],
    ['alpine:-', /wrong tag/],
    [' alpine', /has ' ' in it/],
    ['alpine\u0000', /has '\\u0000' in it/],
    ['älpine', /has 'ä' in it/],
    ['alpine@sha256:12', /wrong digest/],
    ['alpine@', /wrong digest/],
    ['a//b', /is not an image/],
    ['/a', /is not an image/],
    ['a/', /is not an image/],
    ['https://registry.example.com/app', /does not begin with a registry|is not an image/],
    ['registry.example.com/../app', /is not an image/],
    ['host:port/app', /does not begin with a registry/],
    ['a..b/app', /does not begin with a registry/],
    ['a-.b/app', /does not begin with a registry/],
    ['user@host.example.com/app', /does not begin with a registry/],
    [`a/${'b'.repeat(254)}`, /is not an image/],
    ['a'.repeat(1025), /has 1025 characters/],
  ];
  for (const [image, said] of wrong) {
    test(`may not be ${JSON.stringify(image.slice(0, 40))}`, () => assert.match(imageFault(image) ?? '', said));
  }

  test('names a registry only when its first part cannot be a path', () => {
    assert.equal(registryOf('alpine:5000'), undefined);
    assert.equal(registryOf('team/app'), undefined);
    assert.equal(registryOf('alpine:5000/app'), 'alpine:5000');
    assert.equal(registryOf('docker.io/library/alpine'), 'docker.io');
    assert.equal(registryOf('localhost/app'), 'localhost');
    assert.equal(registryOf('Team/app'), 'Team');
  });
});

describe('a pattern of images', () => {
  const cases: readonly (readonly [pattern: string, image: string, admits: boolean])[] = [
    ['alpine', 'alpine', true],
    ['alpine', 'alpine:3.22', false],
    ['alpine', `alpine@${sha256}`, false],
    ['alpine', 'docker.io/library/alpine', false],
    ['docker.io/library/alpine', 'alpine', false],
    ['alpine', 'alpine2', false],
    ['alpine:*', 'alpine:3.22', true],
    ['alpine:*', `alpine:3.22@${sha256}`, true],
    ['alpine:*', 'alpine', false],
    ['alpine@*', `alpine@${sha256}`, true],
    ['alpine.3', 'alpineX3', false],
    ['*', 'evil.test/x', true],
    ['**', 'evil.test/x', false],
    ['registry.example.com/team/*', 'registry.example.com/team/a/b:1', true],
    ['registry.example.com/team/*', 'registry.example.com/team', false],
    ['registry.example.com/team/*', 'evil.test/registry.example.com/team/a', false],
    ['registry.example.com/*/app:*', 'registry.example.com/a/b/app:1', true],
    ['registry.example.com/*-*-*', 'registry.example.com/a-b-c', true],
    ['registry.example.com/*aa*aa', 'registry.example.com/aaa', false],
    ['registry.example.com/a*b*a', 'registry.example.com/aba', true],
    ['registry.example.com/a*a', 'registry.example.com/a', false],
    // No star reaches from a registry into a path.
    ['*.example.com/*', 'a.example.com/app', true],
    ['*.example.com/*', 'evil.test/a.example.com/app', false],
    ['alpine:*', 'alpine:5000/evil', false],
    ['alpine*', 'alpine.evil.test/x', false],
    ['*alpine', 'evil.test/alpine', false],
    ['registry.example.com*', 'registry.example.com/app', false],
    ['registry.example.com*/app', 'registry.example.com.evil.test/app', true],
    ['registry.example.com/*', 'registry.example.com:5000/app', false],
    ['', 'alpine', false],
  ];
  for (const [pattern, image, admits] of cases) {
    test(`'${pattern}' ${admits ? 'admits' : 'does not admit'} ${image.slice(0, 60)}`, () => {
      assert.equal(matchesImage(pattern, image), admits);
    });
  }

  const letters = fc.string({
    unit: fc.constantFrom('a', 'b', '.', '+', '(', '[', '$', '\\', '?', '/', ':'),
    maxLength: 12,
  });

  test('without a star admits itself and nothing else', () => {
    fc.assert(
      fc.property(letters, letters, (pattern, image) => {
        assert.equal(matchesImage(pattern, pattern), true);
        assert.equal(matchesImage(pattern, image), pattern === image);
      }),
    );
  });

  test('with stars admits what a regular expression would, as long as no registry is named', () => {
    const path = fc.string({ unit: fc.constantFrom('a', 'b', '-', '/'), maxLength: 14 });
    const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '-', '/', '*', '*'), maxLength: 8 });
    fc.assert(
      fc.property(patterns, path, (pattern, image) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '[^]*')}$`);
        assert.equal(matchesImage(pattern, image), expression.test(image));
      }),
      { numRuns: 2000 },
    );
  });

  test('never admits an image of another registry than the one it spells out', () => {
    fc.assert(
      fc.property(letters, letters, (host, rest) => {
        const image = `evil.test/${host}/${rest}`;
        assert.equal(matchesImage('good.test/*', image), false);
        assert.equal(matchesImage('*good.test/*', image), false);
      }),
    );
  });

  test('of many stars is compared in linear time', () => {
    const startedMs = performance.now();
    assert.equal(matchesImage(`${'a*'.repeat(500)}b`, 'a'.repeat(1024)), false);
    assert.ok(performance.now() - startedMs < 100);
  });
});
