import { readFileSync, writeFileSync } from 'node:fs';
import { readmePath, withRenderedBlocks } from './readme-blocks.ts';

writeFileSync(readmePath, withRenderedBlocks(readFileSync(readmePath, 'utf8')));
