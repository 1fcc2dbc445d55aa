import { closeSync, openSync, readSync } from 'node:fs';
import { maximumFileBytes } from './file-source.ts';
import type { FileReading } from './read-setting.ts';

/** Reads a text file of at most 256 KiB; one that cannot be read is an outcome, not an error. */
export function readTextFile(path: string): FileReading {
  try {
    const file = openSync(path, 'r');
    try {
      // No stat first: secrets may be pipes (`<(command)`), whose size is unknown until they end.
      return readAtMost(file, maximumFileBytes);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    // A path is a setting: that it leads nowhere is for the reader of the faults, who learns it all at once.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { result: 'unreadable', reason: reasons.get(code) ?? code };
  }
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'this user may not read it'],
  ['EISDIR', 'it is a directory'],
]);

function readAtMost(file: number, mostBytes: number): FileReading {
  const bytes = Buffer.alloc(mostBytes + 1);
  let length = 0;
  for (;;) {
    const count = readSync(file, bytes, length, bytes.length - length, null);
    if (count === 0) return { result: 'read', text: bytes.toString('utf8', 0, length) };
    length += count;
    if (length > mostBytes) return { result: 'unreadable', reason: 'it is larger than 256 KiB' };
  }
}
