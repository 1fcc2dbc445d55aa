import { readFileSync } from 'node:fs';
import { type RenderedBlock, replaceBlock } from '../support/readme-blocks.ts';
import { chartFiles } from './chart-files.ts';
import { readDocumentedValues } from './documented-values.ts';
import { valuesSchema } from './values-schema.ts';
import { valuesTable } from './values-table.ts';

/** A file that is made of the chart's `values.yaml`. */
export interface ChartDocument {
  readonly path: string;
  /** What belongs into it. */
  readonly text: string;
}

/** What `values.yaml` makes of the chart's README and schema. */
export function chartDocuments(): readonly ChartDocument[] {
  const values = readDocumentedValues(read(chartFiles.values));
  return [
    { path: chartFiles.schema, text: valuesSchema(values, read(chartFiles.movedValues)) },
    { path: chartFiles.readme, text: replaceBlock(read(chartFiles.readme), tableBlock(valuesTable(values))) },
  ];
}

function tableBlock(table: string): RenderedBlock {
  const begin = '<!-- values: begin (rendered from values.yaml) -->';
  const end = '<!-- values: end -->';
  return { name: 'values', begin, end, text: `${begin}\n${table}\n${end}` };
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
