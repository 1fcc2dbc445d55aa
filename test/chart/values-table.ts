import type { DocumentedValue } from './documented-values.ts';

/** Renders the values of a chart as a table of Markdown. */
export function valuesTable(values: readonly DocumentedValue[]): string {
  const rows = values.map(({ path, description, default: value }) =>
    [`\`${path.join('.')}\``, description, `\`${JSON.stringify(value)}\``].map(asCell),
  );
  return [['Value', 'What', 'Default'], ['---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function asCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
