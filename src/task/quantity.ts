import { quoted } from './message.ts';

const nanosPerUnit = 10n ** 9n;
const nanosPerMilli = 10n ** 6n;
/** Kubernetes caps what is larger silently; a row that asks for it is mistaken. */
const largestUnits = 2n ** 63n - 1n;

const nanosBySuffix: ReadonlyMap<string, bigint> = new Map([
  ['n', 1n],
  ['u', 10n ** 3n],
  ['m', nanosPerMilli],
  ['', nanosPerUnit],
  ...['k', 'M', 'G', 'T', 'P', 'E'].map(
    (suffix, index) => [suffix, nanosPerUnit * 1000n ** BigInt(index + 1)] as const,
  ),
  ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map(
    (suffix, index) => [suffix, nanosPerUnit * 1024n ** BigInt(index + 1)] as const,
  ),
]);

/** Reads an amount of cpu in thousandths of a core, rounded up; undefined when {@link cpuFault} has something to say. */
export function cpuMillicores(text: string): number | undefined {
  return roundedUp(nanosOf(text), nanosPerMilli);
}

/** Reads an amount of memory or storage in bytes, rounded up; undefined when {@link bytesFault} has something to say. */
export function quantityBytes(text: string): number | undefined {
  return bytesFault(text) === undefined ? roundedUp(nanosOf(text), nanosPerUnit) : undefined;
}

/** Says why a text is no amount of cpu; undefined when it is one. */
export function cpuFault(text: string): string | undefined {
  return nanosOf(text) === undefined
    ? `${quoted(text)} is not a Kubernetes quantity: write cores such as '0.5', '2' or '500m'`
    : undefined;
}

/**
 * Says why a text is no amount of memory or storage; undefined when it is one.
 *
 * Stricter than Kubernetes in one thing, the classic slip: 'm' is a thousandth, so '400m' is less than half a byte.
 */
export function bytesFault(text: string): string | undefined {
  const examples = "write bytes such as '256Mi', '1Gi' or '128M'";
  const nanos = nanosOf(text);
  if (nanos === undefined) return `${quoted(text)} is not a Kubernetes quantity: ${examples}`;
  return /[mun]$/.test(text) && nanos % nanosPerUnit !== 0n
    ? `${quoted(text)} is not a whole number of bytes: ${examples}`
    : undefined;
}

/** Writes bytes as Kubernetes would, in the largest binary unit that loses nothing. */
export function formatBytes(bytes: number): string {
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
  let index = 0;
  let amount = bytes;
  while (amount > 0 && amount % 1024 === 0 && index < units.length - 1) {
    amount /= 1024;
    index++;
  }
  return `${amount}${units[index] ?? ''}`;
}

/**
 * The exact amount in billionths, rounded up as Kubernetes does.
 *
 * Length and exponent are bounded before anything is computed: '1e999999999' must cost nothing.
 */
function nanosOf(text: string): bigint | undefined {
  if (text.length > 40) return undefined;
  const parts = /^\+?(\d*)(?:\.(\d*))?([A-Za-z]{0,2}|[eE][+-]?\d{1,2})$/.exec(text);
  const [, integer = '', fraction = '', suffix = ''] = parts ?? [];
  if (parts === null || integer + fraction === '') return undefined;
  const unit = nanosBySuffix.get(suffix) ?? nanosOfExponent(suffix);
  if (unit === undefined) return undefined;
  const scale = 10n ** BigInt(fraction.length);
  const nanos = (BigInt(integer + fraction) * unit + scale - 1n) / scale;
  return nanos > largestUnits * nanosPerUnit ? undefined : nanos;
}

function nanosOfExponent(suffix: string): bigint | undefined {
  if (!/^[eE][+-]?\d/.test(suffix)) return undefined;
  const exponent = Number(suffix.slice(1));
  return exponent < -9 || exponent > 18 ? undefined : 10n ** BigInt(9 + exponent);
}

function roundedUp(nanos: bigint | undefined, unit: bigint): number | undefined {
  return nanos === undefined ? undefined : Number((nanos + unit - 1n) / unit);
}
