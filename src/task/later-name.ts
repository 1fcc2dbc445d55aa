/** Room for the id in base 36 (13 characters), the attempt and a suffix within the 63 of a Job's name. */
const keptCharacters = 40;

/**
 * A name for an attempt that cannot have its task's own: `<first 40 characters>-<id in base 36>-r<attempt>`, and with a
 * suffix where that very name is taken.
 *
 * The intent makes the same name in SQL for every attempt after the first.
 */
export function laterName(
  takenName: string,
  taskId: string,
  attempt: number,
  random: () => number = Math.random,
): string {
  const tail = `-${BigInt(taskId).toString(36)}-r${attempt}`;
  const isLaterName = takenName.includes(tail);
  const start = (isLaterName ? takenName.slice(0, takenName.lastIndexOf(tail)) : takenName)
    .slice(0, keptCharacters)
    .replace(/[.-]+$/, '');
  const suffix = isLaterName ? `-${Math.floor(random() * 36 ** 4).toString(36)}` : '';
  return `${start}${tail}${suffix}`;
}
