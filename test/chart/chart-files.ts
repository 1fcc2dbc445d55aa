import { join } from 'node:path';

/** The folder of everything that users deploy with. */
export const deployFolder = join(import.meta.dirname, '..', '..', 'deploy');

export const chartFolder = join(deployFolder, 'helm', 'nightwatch');

export const chartFiles = {
  chart: join(chartFolder, 'Chart.yaml'),
  values: join(chartFolder, 'values.yaml'),
  movedValues: join(chartFolder, 'moved-values.yaml'),
  schema: join(chartFolder, 'values.schema.json'),
  readme: join(chartFolder, 'README.md'),
} as const;
