import { readFileSync, writeFileSync } from 'node:fs';
import { infoSchemaPath, infoSchemaText } from './info-schema.ts';
import { readmePath, withRenderedBlocks } from './readme-blocks.ts';

writeFileSync(readmePath, withRenderedBlocks(readFileSync(readmePath, 'utf8')));
writeFileSync(infoSchemaPath, infoSchemaText());
