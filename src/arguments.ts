import { parseArgs } from 'node:util';
import { nearest } from './nearest.ts';

/** What the command line asks for. */
export type Arguments =
  | { readonly request: 'run'; readonly configPath: string | undefined }
  | { readonly request: 'migrate'; readonly configPath: string | undefined; readonly isDryRun: boolean }
  | { readonly request: 'help' }
  | { readonly request: 'version' }
  | { readonly request: 'invalid'; readonly message: string };

/** What `nightwatch --help` prints. */
export const helpText = `nightwatch turns rows of the task table into Kubernetes Jobs and keeps every row true until its Job has ended.

Usage: nightwatch <command> [options]

Commands:
  run                Campaign for leadership and, while leading, run the watchers; until SIGTERM or SIGINT.
  migrate            Bring the database's schema to this version, as a user who may change it.
  help               Show this text.

Options:
  --config <path>    Read settings from a YAML file, by the names they have in the environment, which wins.
  --dry-run          migrate: show what would be done, and do nothing.
  -h, --help         Show this text.
  --version          Show the version.

Settings are environment variables (NIGHTWATCH_DATABASE_URL and others): see the reference in the README.
A second SIGTERM or SIGINT ends the process at once.

Exit codes:
  0  ended as asked
  1  an unexpected fault
  2  the command line or the configuration is wrong
  3  leadership was lost and work did not end in time: restart it
  4  migrate: the schema could not be migrated; the message says why
`;

const commandWords = ['run', 'migrate', 'help'] as const;
const options = {
  config: { type: 'string' },
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;
const optionWords = Object.keys(options).map((name) => `--${name}`);

/** Understands a command line, given without the program and the script; the message of a wrong one says what was meant. */
export function parseArguments(words: readonly string[]): Arguments {
  // Not strict: its errors know no hints, and name the library's own options.
  const parsed = parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string | undefined>();
  for (const token of parsed.tokens) {
    if (token.kind !== 'option') continue;
    const fault = optionFault(token) ?? (given.has(token.name) ? `${token.rawName} is given twice` : undefined);
    if (fault !== undefined) return invalid(fault);
    given.set(token.name, token.value);
  }
  if (given.has('help')) return { request: 'help' };
  if (given.has('version')) return { request: 'version' };
  return readCommand(parsed.positionals, given);
}

function readCommand([word, ...more]: readonly string[], given: ReadonlyMap<string, string | undefined>): Arguments {
  if (word === undefined) return invalid('a command is missing: run or migrate');
  const command = commandWords.find((known) => known === word);
  if (command === undefined) return invalid(`unknown command '${word}'${hint(word, commandWords)}`);
  if (command === 'help') return { request: 'help' };
  if (more.length > 0) return invalid(`'${more.join(' ')}' is too much: ${command} takes options only`);
  const configPath = given.get('config');
  if (command === 'migrate') return { request: 'migrate', configPath, isDryRun: given.has('dry-run') };
  return given.has('dry-run') ? invalid('--dry-run is an option of migrate') : { request: 'run', configPath };
}

function optionFault(token: { name: string; rawName: string; value: string | undefined }): string | undefined {
  const { name, rawName, value } = token;
  if (!Object.hasOwn(options, name)) return `unknown option '${rawName}'${hint(rawName, optionWords)}`;
  if (name !== 'config') return value === undefined ? undefined : `${rawName} takes no value`;
  // '--config --dry-run' is a forgotten path; one that begins with '-' can be written './-…'.
  return value === undefined || value === '' || value.startsWith('-')
    ? `${rawName} needs the path of a file`
    : undefined;
}

function hint(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? '' : `: did you mean '${near}'?`;
}

function invalid(message: string): Arguments {
  return { request: 'invalid', message: `${message} (nightwatch --help tells more)` };
}
