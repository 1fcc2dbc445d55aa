/** The rows of a run are numbered, so that a row's name and its id tell each other. */
export const taskName = (id: number): string => `bench-${id}`;

/** Whole numbers from `first` on. */
export function idsFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
