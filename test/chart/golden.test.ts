import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createHelm, type Helm } from '../support/helm.ts';
import { deployFolder } from './chart-files.ts';
import { type Rendering, renderingPaths, renderings } from './renderings.ts';

const timeout = 120_000;

describe('the files that are rendered from the chart', { timeout }, () => {
  let helm: Helm;
  let rendered: readonly Rendering[];

  before(async () => {
    helm = await createHelm();
    rendered = await renderings(helm);
  });

  after(() => helm[Symbol.asyncDispose]());

  for (const path of renderingPaths) {
    it(`has ${relative(deployFolder, path)} as the chart makes it; 'npm run manifests' writes it`, async () => {
      assert.equal(await readFile(path, 'utf8'), rendered.find((one) => one.path === path)?.text);
    });
  }
});
