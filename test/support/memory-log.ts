import pino from 'pino';
import type { Logger } from '../../src/log.ts';

/** A line that was logged, as it would have been written. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A logger that keeps its lines for the test to look at. */
export interface MemoryLog {
  readonly log: Logger;
  readonly lines: readonly LogLine[];
  /** The lines with this message. */
  with(message: string): readonly LogLine[];
}

export function aMemoryLog(): MemoryLog {
  const lines: LogLine[] = [];
  const write = (line: string): void => {
    lines.push(JSON.parse(line));
  };
  const log = pino({ level: 'trace', base: null }, { write });
  return { log, lines, with: (message) => lines.filter(({ msg }) => msg === message) };
}
