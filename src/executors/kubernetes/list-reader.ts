const quote = 0x22;
const comma = 0x2c;
const openingBracket = 0x5b;
const backslash = 0x5c;
const closingBracket = 0x5d;
const openingBrace = 0x7b;
const closingBrace = 0x7d;

/** An item stands in the list's object and in its array. */
const depthOfItems = 2;
const endsWithStartOfItems = /[{,]\s*"items"\s*:\s*\[$/;

/**
 * Reads the JSON of a list item by item while its bytes come, and keeps only what is made of each.
 *
 * Parsed as a whole, a page of Jobs is a megabyte of text and more of objects at a time. To tell items apart only strings
 * and brackets have to be understood, and in UTF-8 the bytes of those signs are in no other character.
 */
export class ListReader<Item> {
  readonly #toItem: (value: unknown) => Item | undefined;
  readonly #items: Item[] = [];
  /** The list as it would be without items. */
  #frame = '';
  /** What earlier bytes have begun, of an item or of the frame. */
  #begun: Buffer[] = [];
  #depth = 0;
  #isInItems: boolean = false;
  #isInString: boolean = false;
  #isEscaped: boolean = false;
  #fault: unknown;

  /** What `toItem` makes nothing of is left out. */
  constructor(toItem: (value: unknown) => Item | undefined) {
    this.#toItem = toItem;
  }

  /** Takes the next bytes, wherever they are cut. Does not throw: what is wrong with them, `end` says. */
  take(bytes: Buffer): void {
    if (this.#fault !== undefined) return;
    try {
      this.#split(bytes);
    } catch (error) {
      this.#fault = error;
    }
  }

  /** The items, and the list without them, when all bytes were taken; throws a SyntaxError if they are no JSON. */
  end(): { readonly items: readonly Item[]; readonly frame: unknown } {
    if (this.#fault !== undefined) throw this.#fault;
    return { items: this.#items, frame: JSON.parse(this.#frame + this.#textOf(Buffer.of())) };
  }

  #split(bytes: Buffer): void {
    let from = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      if (this.#isInString) at = this.#endOfString(bytes, at);
      else if (this.#isCut(bytes[at])) from = this.#cut(bytes, from, at);
    }
    if (from < bytes.length) this.#begun.push(bytes.subarray(from));
  }

  /** Where the string that it is in ends, or else the bytes. */
  #endOfString(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (bytes[at] === backslash) this.#isEscaped = true;
      else if (bytes[at] === quote) {
        this.#isInString = false;
        return at;
      }
    }
    return bytes.length;
  }

  /** Notes what a sign outside of strings means; whether the text before it is complete. */
  #isCut(sign: number | undefined): boolean {
    switch (sign) {
      case quote:
        this.#isInString = true;
        return false;
      case openingBrace:
        this.#depth += 1;
        return false;
      case closingBrace:
        this.#depth -= 1;
        return false;
      case openingBracket:
        this.#depth += 1;
        return this.#depth === depthOfItems;
      case closingBracket:
        this.#depth -= 1;
        return this.#isInItems && this.#depth < depthOfItems;
      case comma:
        return this.#isInItems && this.#depth === depthOfItems;
      default:
        return false;
    }
  }

  /** Deals with the text before a sign; returns where the next one begins. The brackets belong to the frame. */
  #cut(bytes: Buffer, from: number, at: number): number {
    const sign = bytes[at];
    if (sign === openingBracket) {
      this.#frame += this.#textOf(bytes.subarray(from, at + 1));
      this.#isInItems = endsWithStartOfItems.test(this.#frame);
      return at + 1;
    }
    const text = this.#textOf(bytes.subarray(from, at));
    const isEmptyArray = this.#items.length === 0 && text.trim() === '';
    const item = isEmptyArray ? undefined : this.#toItem(JSON.parse(text));
    if (item !== undefined) this.#items.push(item);
    this.#isInItems = sign === comma;
    return sign === comma ? at + 1 : at;
  }

  #textOf(last: Buffer): string {
    const bytes = this.#begun.length === 0 ? last : Buffer.concat([...this.#begun, last]);
    this.#begun = [];
    return bytes.toString();
  }
}
