import { z } from 'zod';
import type { NightwatchProcess } from './nightwatch-process.ts';

const logLine = z.looseObject({ level: z.string(), time: z.coerce.date(), msg: z.string() });

/** A line that a replica has logged; its other fields come as they were written. */
export type LogLine = z.infer<typeof logLine>;

/** Reads what a replica has logged so far. What is no JSON, such as a stack of Node itself, is left out. */
export async function readLog(replica: NightwatchProcess): Promise<readonly LogLine[]> {
  const text = await replica.log();
  return text
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => logLine.parse(JSON.parse(line)));
}
