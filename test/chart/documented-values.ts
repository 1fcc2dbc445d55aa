import { isMap, isScalar, type Node, parseDocument, type YAMLMap } from 'yaml';

/** One value of the chart, as `values.yaml` documents it. */
export interface DocumentedValue {
  readonly path: readonly string[];
  /** Markdown, on one line. */
  readonly description: string;
  readonly default: unknown;
  /** What the value may be, in the words of JSON Schema, beyond what its default tells. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** A value in `values.yaml` is not documented as it has to be; the message names it. */
export class ValuesError extends Error {
  override readonly name = 'ValuesError';
}

const schemaMark = /^ *@schema /;

/**
 * Reads the values of a chart out of its `values.yaml`, in their order.
 *
 * A key with a comment is a value, even when it is a map; a map without a comment is a group, whose keys are read on.
 * A comment is a description and, in a last line that begins with `@schema`, what else the value's schema says.
 */
export function readDocumentedValues(yaml: string): readonly DocumentedValue[] {
  const { contents, errors } = parseDocument(yaml);
  if (errors[0] || !isMap(contents)) throw new ValuesError('values.yaml is no map', { cause: errors[0] });
  return valuesOf(contents, []);
}

function valuesOf(map: YAMLMap, path: readonly string[]): readonly DocumentedValue[] {
  return map.items.flatMap(({ key, value }, index) => {
    if (!isScalar(key)) throw new ValuesError(`a key below '${path.join('.')}' is no text`);
    const innerPath = [...path, String(key.value)];
    // The comment before the first key of a map is the map's own for the parser.
    const comment = key.commentBefore ?? (index === 0 ? map.commentBefore : undefined);
    if (comment) return [documentedValue(innerPath, comment, value as Node)];
    if (isMap(value) && value.items.length > 0) return valuesOf(value, innerPath);
    throw new ValuesError(`'${innerPath.join('.')}' has no comment that says what it is`);
  });
}

function documentedValue(path: readonly string[], comment: string, value: Node): DocumentedValue {
  const lines = comment.split('\n');
  const words = lines.filter((line) => !schemaMark.test(line)).map((line) => line.trim());
  const [schema = '{}'] = lines.filter((line) => schemaMark.test(line)).map((line) => line.replace(schemaMark, ''));
  return { path, description: words.join(' '), default: value.toJSON(), schema: parsed(schema, path) };
}

function parsed(schema: string, path: readonly string[]): DocumentedValue['schema'] {
  try {
    return JSON.parse(schema);
  } catch (cause) {
    throw new ValuesError(`the @schema of '${path.join('.')}' is no JSON: ${schema}`, { cause });
  }
}
