/** Of the name before; with the longest id (13 characters in base 36) there is room for an attempt of 7 digits. */
const keptCharacters = 40;
const longestName = 63;

/**
 * A name for an attempt that cannot have its task's own: `<first 40 characters>-<id in base 36>-r<attempt>`, and with a
 * suffix where that very name is taken. Fewer characters are kept where it would be longer than a Job's name may be.
 *
 * The intent makes the same name in SQL, without a suffix, for every attempt after the first.
 */
export function laterName(
  takenName: string,
  taskId: string,
  attempt: number,
  random: () => number = Math.random,
): string {
  const tail = `-${BigInt(taskId).toString(36)}-r${attempt}`;
  const isLaterName = takenName.includes(tail);
  const suffix = isLaterName ? `-${Math.floor(random() * 36 ** 4).toString(36)}` : '';
  const start = (isLaterName ? takenName.slice(0, takenName.lastIndexOf(tail)) : takenName)
    .slice(0, Math.min(keptCharacters, longestName - tail.length - suffix.length))
    .replace(/[.-]+$/, '');
  return `${start}${tail}${suffix}`;
}
