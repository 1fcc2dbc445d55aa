import { quoted } from './message.ts';

const token =
  /[ \t\n\r]*(?:([{}[\]:,])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

type Bracket = '{' | '[';
type Expectation = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'what follows a value';

const excerptRadius = 20;

/**
 * Says where a text stops being JSON and what would be right there; undefined for a text that is JSON.
 *
 * JSON.parse tells the position of some faults only, and in words that change with the engine. Only called for a text
 * that JSON.parse has refused, so its speed does not matter.
 */
export function jsonFault(text: string): string | undefined {
  const brackets: Bracket[] = [];
  let expectation: Expectation = 'value';
  let position = 0;
  for (;;) {
    token.lastIndex = position;
    const match = token.exec(text);
    const next: Expectation | undefined = match === null ? undefined : follow(expectation, kindOf(match), brackets);
    if (match === null || next === undefined) break;
    expectation = next;
    position += match[0].length;
  }
  position += /^[ \t\n\r]*/.exec(text.slice(position))?.[0].length ?? 0;
  const isComplete = expectation === 'what follows a value' && brackets.length === 0;
  if (isComplete && position === text.length) return undefined;
  return describe(text, position, wanted(expectation, brackets.at(-1)));
}

function kindOf(match: RegExpExecArray): string {
  return match[1] ?? (match[2] === undefined ? 'scalar' : 'string');
}

/** What has to come after a token, or undefined where the token may not stand; keeps the open brackets. */
function follow(expectation: Expectation, kind: string, brackets: Bracket[]): Expectation | undefined {
  if (expectation === 'colon') return kind === ':' ? 'value' : undefined;
  if (expectation === 'what follows a value') {
    if (kind === ',' && brackets.length > 0) return brackets.at(-1) === '{' ? 'key' : 'value';
    return closes(kind, brackets) ? expectation : undefined;
  }
  const mayClose = expectation === 'value or ]' || expectation === 'key or }';
  if (mayClose && closes(kind, brackets)) return 'what follows a value';
  if (expectation === 'key' || expectation === 'key or }') return kind === 'string' ? 'colon' : undefined;
  if (kind === 'string' || kind === 'scalar') return 'what follows a value';
  if (kind !== '{' && kind !== '[') return undefined;
  brackets.push(kind);
  return kind === '{' ? 'key or }' : 'value or ]';
}

function closes(kind: string, brackets: Bracket[]): boolean {
  if (kind !== (brackets.at(-1) === '{' ? '}' : ']') || brackets.length === 0) return false;
  brackets.pop();
  return true;
}

function wanted(expectation: Expectation, open: Bracket | undefined): string {
  switch (expectation) {
    case 'value':
      return 'a value (an object, a list, a number, true, false, null, or a string in double quotes)';
    case 'value or ]':
      return "a value (strings in double quotes) or ']'";
    case 'key':
      return 'a key in double quotes';
    case 'key or }':
      return "a key in double quotes or '}'";
    case 'colon':
      return "':' after the key";
    case 'what follows a value':
      if (open === undefined) return 'nothing more';
      return open === '{' ? "',' or '}'" : "',' or ']'";
  }
}

function describe(text: string, position: number, expected: string): string {
  const linesBefore = text.slice(0, position).split('\n');
  const place = `position ${position} (line ${linesBefore.length}, column ${(linesBefore.at(-1)?.length ?? 0) + 1})`;
  if (position >= text.length) return `it ends at ${place} where ${expected} should stand`;
  const excerpt = text.slice(Math.max(0, position - excerptRadius), position + excerptRadius).toWellFormed();
  const hint = text[position] === '"' ? ', or the string is not closed or has a raw control character in it' : '';
  return `at ${place}, near ${quoted(excerpt)}: expected ${expected}${hint}`;
}
