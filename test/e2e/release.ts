import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kubectl } from '../support/kubectl.ts';
import type { Platform } from './platform.ts';

const chart = join(import.meta.dirname, '..', '..', 'deploy', 'helm', 'nightwatch');
const name = 'nightwatch';
const readyTimeout = '2m';

/** Values of the chart. */
export type Values = Readonly<Record<string, unknown>>;

/** The chart's release in a namespace. */
export interface Release {
  /** Installs an image, or upgrades to it; resolves when the schema is there and every replica is ready. */
  apply(verb: 'install' | 'upgrade', image: string, values: Values): Promise<void>;
  /** Goes back to the values before the last upgrade. */
  rollback(): Promise<void>;
  /** Asks every replica how it is, from inside the cluster; throws unless all are ready. */
  test(): Promise<void>;
  uninstall(): Promise<void>;
}

export function createRelease({ helm, kubectl, directory }: Platform, namespace: string): Release {
  const place = ['-n', namespace];
  const waiting = ['--wait', '--timeout', readyTimeout];
  return {
    async apply(verb, image, values) {
      const file = join(directory, `${namespace}.json`);
      const [, repository, tag] = /^(.+):([^:/]+)$/.exec(image) ?? [];
      // JSON is YAML too.
      await writeFile(file, JSON.stringify({ image: { repository, tag }, ...values }));
      try {
        await helm.run([verb, name, chart, ...place, '--values', file, ...waiting]);
      } catch (cause) {
        throw new Error(`nightwatch did not become ready:\n${await describePods(kubectl, namespace)}`, { cause });
      }
    },
    async rollback() {
      await helm.run(['rollback', name, ...place, ...waiting]);
    },
    async test() {
      await helm.run(['test', name, ...place]);
    },
    async uninstall() {
      await helm.run(['uninstall', name, ...place, '--ignore-not-found', '--wait']);
    },
  };
}

/** How the pods are, and what they have written last: why a release has failed. */
async function describePods(kubectl: Kubectl, namespace: string): Promise<string> {
  const pods = await kubectl(['get', 'pods', '-n', namespace, '-o', 'wide']);
  const ours = ['-l', 'app.kubernetes.io/name=nightwatch', '--prefix', '--tail=10', '--ignore-errors'];
  return `${pods}${await kubectl(['logs', '-n', namespace, ...ours])}`;
}
