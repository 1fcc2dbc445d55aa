/** The members of an object that somebody else has made: any of them may be absent or of another type. */
export type Fields = Readonly<Record<string, unknown>>;

const noFields: Fields = {};

/** The members of what should be an object; none when it is something else. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : noFields;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A number of things: 0 when it is none. */
export function count(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0;
}

/** A moment as Kubernetes writes it, in milliseconds since 1970. */
export function time(value: unknown): number | undefined {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
