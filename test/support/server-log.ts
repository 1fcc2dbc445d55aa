import { open } from 'node:fs/promises';

/** The part of a growing log file that was written after this view of it was made. */
export interface ServerLog {
  readonly file: string;
  /** Reads everything written since the view was made. */
  read(): Promise<string>;
  /** Reads the last lines of it. */
  lastLines(count: number): Promise<string>;
}

/** Opens a view that starts at the present end of the file, so that lines of an earlier start do not count. */
export async function viewLogFromHere(file: string): Promise<ServerLog> {
  const offset = await sizeOf(file);
  const read = () => readFrom(file, offset);
  const lastLines = async (count: number) => (await read()).trimEnd().split('\n').slice(-count).join('\n');
  return { file, read, lastLines };
}

async function sizeOf(file: string): Promise<number> {
  await using handle = await open(file, 'a');
  return (await handle.stat()).size;
}

async function readFrom(file: string, offset: number): Promise<string> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(0, size - offset)), { position: offset });
  return buffer.toString('utf8', 0, bytesRead);
}
