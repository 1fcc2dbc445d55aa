/** The longest message that is written to a row, in UTF-16 units; the column holds a little more. */
export const maximumMessageLength = 1000;

const maximumQuotedCharacters = 60;

/** Makes any text fit for the `message` column: whole characters only, cut with '…' at {@link maximumMessageLength}. */
export function capMessage(message: string): string {
  if (message.length <= maximumMessageLength) return message.toWellFormed();
  return `${dropHalfPair(message.slice(0, maximumMessageLength - 1)).toWellFormed()}…`;
}

/** Joins faults by '; ' into one message; those that do not fit are counted at its end, never cut in half. */
export function joinFaults(faults: readonly string[]): string {
  const everything = faults.join('; ');
  if (everything.length <= maximumMessageLength) return everything.toWellFormed();
  let message = faults[0] ?? '';
  for (const [index, fault] of faults.entries()) {
    if (index === 0) continue;
    const remainder = `; and ${faults.length - index} more`;
    const longer = `${message}; ${fault}`;
    // Room is kept for the count of those after this one, which is never longer than the count from this one on.
    if (longer.length + remainder.length > maximumMessageLength) return capMessage(`${message}${remainder}`);
    message = longer;
  }
  return capMessage(message);
}

/**
 * Quotes a word that a user wrote, for use inside a message: shortened, and with every invisible character escaped.
 *
 * Messages end in terminals and logs, where a raw control or bidirectional character could rewrite what is read.
 */
export function quoted(text: string): string {
  const characters = Array.from(text.slice(0, 2 * maximumQuotedCharacters + 2));
  const isLong = characters.length > maximumQuotedCharacters;
  const shown = isLong ? `${characters.slice(0, maximumQuotedCharacters).join('')}…` : text;
  return `'${shown.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped)}'`;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function dropHalfPair(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}
