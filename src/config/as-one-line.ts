/** What somebody wrote, fit for the middle of a sentence: on one line, without invisible characters, shortened. */
export function asOneLine(text: string): string {
  const line = text.slice(0, 1_000).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
