import { Transform, type TransformCallback } from 'node:stream';

/** What becomes of one event of a watch on its way; `late` comes behind the next one that passes. */
export type LineFate = 'pass' | 'drop' | 'double' | 'late';

/** Without a next event a late one comes after this time, so that late never means never. */
const longestLatenessMs = 100;

/** The events of a watch, a line each, of which some fare ill. */
export class EventLines extends Transform {
  readonly #fateOf: (line: string) => LineFate;
  readonly #decoder = new TextDecoder();
  #rest = '';
  #late: readonly string[] = [];
  #comes: NodeJS.Timeout | undefined;

  constructor(fateOf: (line: string) => LineFate) {
    super();
    this.#fateOf = fateOf;
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#treat(`${line}\n`);
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#pushLate();
    if (this.#rest !== '') this.push(this.#rest);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#comes);
    done(error);
  }

  #treat(line: string): void {
    const fate = this.#fateOf(line);
    if (fate === 'drop') return;
    if (fate === 'late') {
      this.#late = [...this.#late, line];
      this.#comes ??= setTimeout(() => this.#pushLate(), longestLatenessMs);
      return;
    }
    this.push(line);
    if (fate === 'double') this.push(line);
    this.#pushLate();
  }

  #pushLate(): void {
    clearTimeout(this.#comes);
    this.#comes = undefined;
    for (const line of this.#late) this.push(line);
    this.#late = [];
  }
}
