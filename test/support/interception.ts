/** A request that a proxy has read whole. */
export interface ProxiedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: Buffer;
}

/** What a proxy does with a request instead of simply forwarding it. */
export type Treatment =
  /** Forwards it, waits for the answer and drops that: the client sees its connection end, or nothing for ever, or a 500. */
  | { readonly kind: 'lose the answer'; readonly how: 'end' | 'silence' | 'error' }
  /** Forwards it only once the interception is released, whether or not the client still waits then. */
  | { readonly kind: 'hold' }
  /** Forwards it later. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Answers it without asking the server. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };

/** Requests that are treated specially. */
export interface Interception {
  /** The requests that it was applied to, in the order in which they came. */
  readonly seen: readonly ProxiedRequest[];
  /** HTTP status of each answer of the server to a request of these, in the order in which they came. */
  readonly answers: readonly number[];
  /** Lets requests go that are held. */
  release(): void;
  /** Takes no further requests, and lets go those that are held. */
  stop(): void;
}

/** One that a request was taken for. */
export interface ActiveInterception {
  readonly treatment: Treatment;
  readonly released: Promise<void>;
  noteForwarded(status: number): void;
}

interface Entry extends Interception, ActiveInterception {
  readonly matches: (request: ProxiedRequest) => boolean;
  readonly seen: ProxiedRequest[];
  readonly answers: number[];
  left: number;
}

/** The interceptions of one proxy. */
export class Interceptions {
  readonly #entries: Entry[] = [];

  add(
    matches: (request: ProxiedRequest) => boolean,
    treatment: Treatment,
    count: number = Number.POSITIVE_INFINITY,
  ): Interception {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const answers: number[] = [];
    const entry: Entry = {
      matches,
      treatment,
      left: count,
      seen: [],
      answers,
      released,
      release,
      noteForwarded: (status) => answers.push(status),
      stop() {
        entry.left = 0;
        release();
      },
    };
    this.#entries.unshift(entry);
    return entry;
  }

  /** The interception that a request falls to, if any: each request to one. */
  take(request: ProxiedRequest): ActiveInterception | undefined {
    const entry = this.#entries.find(({ left, matches }) => left > 0 && matches(request));
    if (!entry) return undefined;
    entry.left -= 1;
    entry.seen.push(request);
    return entry;
  }

  stop(): void {
    for (const entry of this.#entries) entry.stop();
  }
}
