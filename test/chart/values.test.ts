import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { createHelm, type Helm } from '../support/helm.ts';
import { CommandError } from '../support/run-command.ts';
import { chartFiles, chartFolder } from './chart-files.ts';
import { readDocumentedValues } from './documented-values.ts';
import { renderChart, valueSets } from './renderings.ts';

const timeout = 120_000;
const image = '--set-json=image.repository="registry.example.com/nightwatch"';

/** Values that are refused, as `--set-json` takes them, and what the refusal says. */
const refused: readonly (readonly [what: string, values: string, says: RegExp])[] = [
  ['a key that there is not', 'replicaCuont=3', /additional properties 'replicaCuont' not allowed/],
  ['a key that there is not, further down', 'image.tga="1"', /\/image.*additional properties 'tga' not allowed/s],
  ['a misspelt setting', 'config.NIGHTWATCH_IMAGE=["a"]', /additional properties 'NIGHTWATCH_IMAGE' not allowed/],
  ['a word of YAML for a setting', 'config.NIGHTWATCH_WATCHERS={"sync":false}', /NIGHTWATCH_WATCHERS/],
  ['another type', 'replicaCount="3"', /\/replicaCount.*got string, want integer/s],
  ['an unknown choice', 'migrations.mode="init"', /\/migrations\/mode/],
  ['no namespace', 'namespaces=[]', /\/namespaces.*minItems/s],
  ['a namespace twice', 'namespaces=["a","a"]', /\/namespaces.*items at 0 and 1 are equal/s],
  ['a namespace of the cluster itself', 'namespaces=["kube-system"]', /\/namespaces\/0.*'not' failed/s],
  // 1.10 would be 1.1.
  ['a number as a tag', 'image.tag=1.10', /\/image\/tag.*got number, want string/s],
  ['a tag instead of a digest', 'image.digest="1.0"', /\/image\/digest.*does not match pattern/s],
  ['a variable without a name', 'extraEnv=[{"value":"1"}]', /\/extraEnv\/0.*missing property 'name'/s],
  ['no image', 'image.repository=""', /image\.repository is missing/],
  [
    'a grace period that is too short',
    'config.NIGHTWATCH_LEASE_HARD="1m5.5s",terminationGracePeriodSeconds=65',
    /terminationGracePeriodSeconds is 65: .* NIGHTWATCH_LEASE_HARD, 1m5\.5s/,
  ],
  ['null for what has to be there', 'replicaCount=null', /replicaCount is null: leave it out/],
  ['two sources of authorities', 'certificateAuthorities={"secret":"a","configMap":"b"}', /choose one/],
  // Moved, renamed or removed: the message names what to write.
  [
    'secrets among the settings',
    'config.NIGHTWATCH_DATABASE_URL="mysql://a"',
    /config\.NIGHTWATCH_DATABASE_URL is no value of this chart: .*database\.existingSecret/,
  ],
  [
    'namespaces among the settings',
    'config.NIGHTWATCH_NAMESPACES=["a"]',
    /config\.NIGHTWATCH_NAMESPACES is no value of this chart: .* namespaces/,
  ],
  ['a key of other charts', 'replicas=3', /replicas is no value of this chart: write replicaCount/],
  [
    'a key of other charts, further down',
    'rbac.namespaces=["a"]',
    /rbac\.namespaces is no value of this chart: name them in namespaces/,
  ],
];

/** Values that might be thought to be refused. */
const accepted: readonly (readonly [what: string, values: string])[] = [
  ['what a chart above shares', 'global={"anything":true},enabled=true'],
  ['numbers and truths as settings', 'config={"NIGHTWATCH_MAX_PARALLELISM":4,"NIGHTWATCH_ACCEPT_DELETED_JOBS":true}'],
  ['lists and maps as settings', 'config={"NIGHTWATCH_IMAGES":["a","b"],"NIGHTWATCH_POD_SECURITY":{"a":"baseline"}}'],
  ['a grace period that just suffices', 'config.NIGHTWATCH_LEASE_HARD="1m5.5s",terminationGracePeriodSeconds=66'],
];

describe('the values of the chart', { timeout }, () => {
  let helm: Helm;

  before(async () => {
    helm = await createHelm();
  });

  after(() => helm[Symbol.asyncDispose]());

  for (const [what, values, says] of refused) {
    it(`refuse ${what}`, async () => {
      await assert.rejects(renderChart(helm, [image, `--set-json=${values}`]), (error) => {
        assert.ok(error instanceof CommandError);
        assert.match(error.message, says);
        return true;
      });
    });
  }

  for (const [what, values] of accepted) {
    it(`allow ${what}`, async () => {
      await renderChart(helm, [image, `--set-json=${values}`]);
    });
  }

  it('may be null wherever they are lists or maps, as a key is that has nothing but comments below it', async () => {
    const values = readDocumentedValues(await readFile(chartFiles.values, 'utf8'));
    const mayBeNull = values.filter((value) => typeof value.default === 'object' && value.path[0] !== 'namespaces');
    const nothing = mayBeNull.map((value) => `--set-json=${value.path.join('.')}=null`);
    assert.ok(nothing.length > 10);
    await renderChart(helm, [image, ...nothing]);
  });

  it('stay texts where a name looks like a number', async () => {
    const sets = [
      'namespaces=["1"],serviceAccount.name="1",priorityClassName="1",certificateAuthorities={"secret":"1","key":"1"}',
      ...['database', 'redis', 'migrations'].map((part) => `${part}.existingSecret={"name":"1","key":"1"}`),
    ];
    const rendered = await renderChart(helm, [image, ...sets.map((set) => `--set-json=${set}`)]);
    // Numbers that are meant as such are others.
    assert.doesNotMatch(rendered, /^ *(- )?(name|namespace|key|secretName|\w+ClassName|serviceAccountName): 1$/m);
    assert.ok((rendered.match(/: "1"$/gm) ?? []).length > 10);
  });

  for (const [name, file] of valueSets) {
    it(`of the set ${name} pass helm's own checks`, async () => {
      await helm.run(['lint', '--strict', chartFolder, '-n', 'nightwatch-system', '-f', file]);
    });
  }
});
