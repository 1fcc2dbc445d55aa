import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { systemNamespace } from '../support/cluster-identities.ts';
import type { Helm } from '../support/helm.ts';
import { chartFolder, deployFolder } from './chart-files.ts';

/** A file that is rendered from the chart. */
export interface Rendering {
  readonly path: string;
  /** What belongs into it. */
  readonly text: string;
}

/** Sets of values that show what the chart can do, by name. */
export const valueSets: ReadonlyMap<string, string> = new Map(
  readdirSync(join(chartFolder, 'ci')).map((file) => [basename(file, '-values.yaml'), join(chartFolder, 'ci', file)]),
);

const staticValues = join(deployFolder, 'helm', 'static-values.yaml');
const policyTemplate = 'templates/validating-admission-policy.yaml';
const golden = join(import.meta.dirname, 'golden');

/** Renders the chart as release `nightwatch` of `nightwatch-system`, for the Kubernetes that the tests have. */
export function renderChart(helm: Helm, args: readonly string[]): Promise<string> {
  return helm.run(['template', 'nightwatch', chartFolder, '-n', systemNamespace, '--kube-version=1.36.3', ...args]);
}

const manifestsPath = join(deployFolder, 'nightwatch.yaml');
const policyPath = join(deployFolder, 'validating-admission-policy.yaml');
const goldenPath = (set: string) => join(golden, `${set}.yaml`);

/** Where {@link renderings} belong. */
export const renderingPaths = [...[...valueSets.keys()].map(goldenPath), manifestsPath, policyPath];

/** All files that are rendered from the chart: what users apply without Helm, and each set of values as it was. */
export async function renderings(helm: Helm): Promise<readonly Rendering[]> {
  const sets = [...valueSets].map(async ([name, file]) => ({
    path: goldenPath(name),
    text: await renderChart(helm, ['-f', file]),
  }));
  const manifests = await renderChart(helm, ['-f', staticValues, '--skip-tests']);
  const policy = await renderChart(helm, ['-f', staticValues, '--show-only', policyTemplate]);
  return [
    ...(await Promise.all(sets)),
    { path: manifestsPath, text: `${staticHeader}\n${withoutHelm(manifests)}` },
    { path: policyPath, text: withoutHelm(policy) },
  ];
}

const staticHeader = `# All of nightwatch for kubectl apply, but a Secret: see the README. Rendered from deploy/helm/nightwatch: npm run manifests.
# Tasks may run in the namespace default. To choose others, or another image, change all places where they stand; and where
# the image of the Job changes later, its name too.`;

/** The objects without what only Helm has a use for. */
function withoutHelm(manifests: string): string {
  return manifests
    .replace(/^# Source: .*\n/gm, '')
    .replace(/^ +(helm\.sh\/chart|app\.kubernetes\.io\/managed-by): .*\n/gm, '')
    .replace(/\n+---\n/g, '\n---\n')
    .replace(/^---\n|\n+$/g, '')
    .concat('\n');
}
