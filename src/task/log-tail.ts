const newline = 0x0a;
/** So much of what is kept is given up at most to have it begin with a whole line. */
const mostForLine = 0.25;

/** The last bytes of a stream of them, in bounded memory. */
export class LogTail {
  readonly #limit: number;
  readonly #chunks: Uint8Array[] = [];
  #kept = 0;
  #seen = 0;
  #lines = 0;

  /** @param limit how many bytes are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many bytes came so far. */
  get seenBytes(): number {
    return this.#seen;
  }

  get seenLines(): number {
    return this.#lines;
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#kept += chunk.length;
    this.#seen += chunk.length;
    for (const byte of chunk) if (byte === newline) this.#lines += 1;
    // Whole chunks only: one more than is needed stays until the end.
    while (this.#kept - (this.#chunks[0]?.length ?? 0) > this.#limit) this.#kept -= this.#chunks.shift()?.length ?? 0;
  }

  /** As text that every column takes: what is no UTF-8, and NUL, is replaced. */
  text(): { readonly text: string; readonly isCut: boolean } {
    const bytes = Buffer.concat(this.#chunks);
    const isCut = this.#seen > this.#limit;
    const kept = isCut ? bytes.subarray(startOf(bytes, Math.max(0, bytes.length - this.#limit))) : bytes;
    return { text: new TextDecoder().decode(kept).replaceAll('\0', '\ufffd'), isCut };
  }
}

/** From where on what is kept begins with a whole line, or where that is too far with a whole character. */
function startOf(bytes: Uint8Array, from: number): number {
  if (from === 0 || bytes[from - 1] === newline) return from;
  const line = bytes.indexOf(newline, from) + 1;
  if (line > 0 && line < bytes.length && line - from <= (bytes.length - from) * mostForLine) return line;
  let start = from;
  // The second to fourth byte of a character; of what is no UTF-8 a few bytes are lost, which say nothing anyway.
  while (start < from + 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return start;
}
