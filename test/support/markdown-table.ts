/** A row of a table, each cell by the header of its column. */
export type TableRow = Readonly<Record<string, string>>;

/** Markdown has no table with these headers. */
export class TableError extends Error {
  override readonly name = 'TableError';
}

/** Reads the first table of a Markdown text whose headers are these; throws a {@link TableError} when there is none. */
export function readTable(markdown: string, headers: readonly string[]): readonly TableRow[] {
  const lines = markdown.split('\n');
  const head = lines.findIndex((line) => line.startsWith('|') && cellsOf(line).join('|') === headers.join('|'));
  if (head < 0) throw new TableError(`there is no table with the headers ${headers.join(', ')}`);
  // The line after the headers only draws a line.
  const below = lines.slice(head + 2);
  const end = below.findIndex((line) => !line.startsWith('|'));
  return below.slice(0, end < 0 ? undefined : end).map((line) => rowOf(headers, cellsOf(line)));
}

/** The texts that stand in backticks, in their order. */
export function codeSpans(markdown: string): readonly string[] {
  return [...markdown.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '');
}

/** The texts of the fenced code blocks of a language, in their order. */
export function codeBlocks(markdown: string, language: string): readonly string[] {
  const fences = markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...fences].filter(([, name]) => name === language).map(([, , text]) => text ?? '');
}

function rowOf(headers: readonly string[], cells: readonly string[]): TableRow {
  if (cells.length !== headers.length) throw new TableError(`a row has ${cells.length} cells: ${cells.join(' | ')}`);
  return Object.fromEntries(headers.map((header, index) => [header, cells[index] ?? '']));
}

function cellsOf(line: string): readonly string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}
