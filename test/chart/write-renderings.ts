import { writeFileSync } from 'node:fs';
import { createHelm } from '../support/helm.ts';
import { renderings } from './renderings.ts';

await using helm = await createHelm();
for (const { path, text } of await renderings(helm)) writeFileSync(path, text);
