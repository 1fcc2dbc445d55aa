import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { unlessAborted } from '../../src/unless-aborted.ts';

interface AwaitedRow {
  readonly status: string;
  readonly sinceMs: number;
  readonly resolve: (atMs: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Rows are watched by the way, and nobody is to notice: reading takes this share of the time at most. */
const readingShare = 1 / 4;
const shortestPauseMs = 1;
/** What takes long need not be known to the millisecond: the pauses are this share of what was waited for so far. */
const pauseShare = 1 / 100;

/** Notes when rows say what they are expected to, by reading them by their primary key as long as they are awaited. */
export class RowWatch {
  readonly #connection: Connection;
  readonly #awaited = new Map<number, AwaitedRow>();
  #reading: Promise<void> | undefined;

  /** The connection is this watch's own: nothing else waits in line on it. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** When the row was first read with that status; to be asked for before anything makes it say so. */
  async says(id: number, status: string, signal: AbortSignal): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#awaited.set(id, { status, sinceMs: performance.now(), resolve, reject });
    this.#reading ??= this.#read();
    try {
      return await unlessAborted(promise, signal);
    } finally {
      this.#awaited.delete(id);
    }
  }

  async #read(): Promise<void> {
    while (this.#awaited.size > 0) {
      const beganAtMs = performance.now();
      await this.#readOnce();
      const nowMs = performance.now();
      const readMs = nowMs - beganAtMs;
      const [oldest] = this.#awaited.values();
      const waitedMs = nowMs - (oldest?.sinceMs ?? nowMs);
      await sleep(Math.max(shortestPauseMs, readMs / readingShare - readMs, waitedMs * pauseShare));
    }
    this.#reading = undefined;
  }

  async #readOnce(): Promise<void> {
    try {
      const ids = [...this.#awaited.keys()];
      const [rows] = await this.#connection.query<RowDataPacket[]>('SELECT id, status FROM task WHERE id IN (?)', [
        ids,
      ]);
      const atMs = performance.now();
      for (const row of rows) this.#note(Number(row.id), String(row.status), atMs);
    } catch (error) {
      for (const { reject } of this.#awaited.values()) reject(error);
      this.#awaited.clear();
    }
  }

  #note(id: number, status: string, atMs: number): void {
    const awaited = this.#awaited.get(id);
    if (awaited?.status !== status) return;
    this.#awaited.delete(id);
    awaited.resolve(atMs);
  }
}
