/**
 * Finds the candidate that a misspelt word most likely meant, for hints such as "did you mean 'migrate'?".
 *
 * Letters' case is ignored. Undefined when no candidate is near: about one mistake in three letters is allowed,
 * for a wrong hint is worse than none.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  // A hint for a word this long helps nobody, and the comparison below costs its length squared.
  if (word.length === 0 || word.length > 100) return undefined;
  const wanted = word.toLowerCase();
  let best: { readonly candidate: string; readonly mistakes: number } | undefined;
  for (const candidate of candidates) {
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3));
    // Each letter that one of them has more is a mistake at least, and to count them all is costly.
    if (Math.abs(wanted.length - candidate.length) > allowed) continue;
    const mistakes = mistakesBetween(wanted, candidate.toLowerCase());
    if (mistakes <= allowed && mistakes < candidate.length && (best === undefined || mistakes < best.mistakes)) {
      best = { candidate, mistakes };
    }
  }
  return best?.candidate;
}

/** Optimal string alignment distance: letters added, dropped, replaced, or two neighbours swapped. */
function mistakesBetween(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let mistakes = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) mistakes = Math.min(mistakes, at(beforePrevious, column - 2) + 1);
      current.push(mistakes);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, right.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
