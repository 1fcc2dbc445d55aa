import { writeFileSync } from 'node:fs';
import { chartDocuments } from './chart-documents.ts';

for (const { path, text } of chartDocuments()) writeFileSync(path, text);
