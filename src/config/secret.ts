import { inspect } from 'node:util';

/** What stands in the place of a secret wherever it is printed. */
export const hidden = '***';

/**
 * A text that shows itself as `***` wherever it is printed, logged, inspected or serialised.
 *
 * Only {@link Secret.reveal} gives the text: call it where the secret is used, never to keep the result.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}
