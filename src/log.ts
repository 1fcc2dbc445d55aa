import { createRequire } from 'node:module';
import { isatty } from 'node:tty';
import pino, { type DestinationStream, type LoggerOptions } from 'pino';
import { hidden } from './config/secret.ts';
import { errorRecord } from './log/error-record.ts';
import { synchronousDestination } from './log/synchronous-destination.ts';

/** The logger that everything takes: the object first, then a static message in lower case. */
export type Logger = pino.Logger;

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logFormats = ['auto', 'json', 'pretty'] as const;
export type LogFormat = (typeof logFormats)[number];

export interface LogOptions {
  readonly level: LogLevel;
  /** `auto` is pretty on a terminal and JSON elsewhere. */
  readonly format: LogFormat;
  /** An open file descriptor, 1 for standard output; it stays the caller's. */
  readonly fd: number;
}

const require = createRequire(import.meta.url);

/**
 * Makes a logger that has written each line before the call returns.
 *
 * Only so are the last lines before a crash or a kill there to be read; a transport or a buffer keeps almost none of
 * them. Errors (`err`, `error`) are reduced to what is safe to show, and fields that carry secrets are hidden.
 */
export function createLogger({ level, format, fd }: LogOptions): Logger {
  const isPretty = format === 'pretty' || (format === 'auto' && isatty(fd));
  const destination = synchronousDestination(fd);
  return pino(optionsFor(level), isPretty ? prettyDestination(destination, isatty(fd)) : destination);
}

function optionsFor(level: LogLevel): LoggerOptions {
  const withStack = level === 'debug' || level === 'trace';
  const serialize = (error: unknown) => errorRecord(error, withStack);
  return {
    level,
    // The process id and host name are in the name of the replica already, which main binds.
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: serialize, error: serialize },
    redact: { paths: redactedPaths(), censor: hidden },
    hooks: {
      // Without a message of its own, pino would take the error's, past the serializer that makes it safe.
      logMethod(args, method) {
        const [first, message] = args as readonly unknown[];
        const carriesError = first instanceof Error || (typeof first === 'object' && first !== null && 'err' in first);
        if (!carriesError || message !== undefined) return method.apply(this, args);
        return method.call(this, first, 'error without a message');
      },
    },
  };
}

/** Beside `Secret`, which hides itself: the places where libraries keep what they send. */
function redactedPaths(): string[] {
  const names = ['password', 'authorization', 'token', 'headers'];
  return [...names, ...names.map((name) => `*.${name}`)];
}

/** Not pino-pretty's own stream: that passes lines on in later turns, and a crash would lose them. */
function prettyDestination(destination: DestinationStream, onTerminal: boolean): DestinationStream {
  // Loaded where somebody looks on: a start in a pod has no use for it.
  const { isColorSupported, prettyFactory }: typeof import('pino-pretty') = require('pino-pretty');
  const prettify = prettyFactory({ colorize: onTerminal && isColorSupported, translateTime: 'SYS:HH:MM:ss.l' });
  return { write: (line) => destination.write(prettify(line)) };
}
