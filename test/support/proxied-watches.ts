import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { EventLines, type LineFate } from './event-lines.ts';

interface ProxiedWatch {
  readonly response: ServerResponse;
  readonly events: Readable;
}

/** The watches that go through a proxy, and what is done to all of them. */
export class ProxiedWatches {
  readonly #open = new Set<ProxiedWatch>();
  #areSilent: boolean = false;
  #fateOf: ((line: string) => LineFate) | undefined;

  /** Those that are open now. */
  get size(): number {
    return this.#open.size;
  }

  /** Passes on what the server tells a watch, for as long as the client listens. */
  serve(answer: IncomingMessage, response: ServerResponse): void {
    response.flushHeaders();
    const events = answer.pipe(new EventLines((line) => this.#fateOf?.(line) ?? 'pass'));
    const watch = { response, events };
    this.#open.add(watch);
    response.on('close', () => {
      this.#open.delete(watch);
      events.destroy();
    });
    if (!this.#areSilent) events.pipe(response);
  }

  cut(): void {
    for (const { response } of this.#open) response.destroy();
  }

  silence(): void {
    this.#areSilent = true;
    for (const { events, response } of this.#open) events.unpipe(response);
  }

  pass(): void {
    this.#areSilent = false;
    for (const { events, response } of this.#open) events.pipe(response);
  }

  disturb(fateOf: ((line: string) => LineFate) | undefined): void {
    this.#fateOf = fateOf;
  }
}
