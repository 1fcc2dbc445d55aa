/** How values become places on an axis. */
export interface Scale {
  /** From 0 to the length of the axis. */
  place(value: number): number;
  readonly ticks: readonly number[];
}

const linearTicks = 5;
/** Nothing smaller can be told apart on a logarithmic axis of milliseconds. */
const leastLogarithmic = 0.1;

/** An axis that holds all the values: from nought with round steps, or by powers of ten. */
export function scaleOf(values: readonly number[], length: number, isLogarithmic: boolean): Scale {
  return isLogarithmic ? logarithmic(values, length) : linear(values, length);
}

function linear(values: readonly number[], length: number): Scale {
  const step = roundStep(Math.max(1, ...values) / linearTicks);
  const most = step * Math.ceil(Math.max(1, ...values) / step);
  return {
    place: (value) => (value / most) * length,
    ticks: Array.from({ length: Math.round(most / step) + 1 }, (_, index) => index * step),
  };
}

function logarithmic(values: readonly number[], length: number): Scale {
  // A latency may be nought or less, when the row was quicker than the answer.
  const exponent = (value: number) => Math.log10(Math.max(leastLogarithmic, value));
  const least = Math.floor(Math.min(0, ...values.map(exponent)));
  const most = Math.max(least + 1, Math.ceil(Math.max(0, ...values.map(exponent))));
  return {
    place: (value) => ((exponent(value) - least) / (most - least)) * length,
    ticks: Array.from({ length: most - least + 1 }, (_, index) => 10 ** (least + index)),
  };
}

/** The next number of the form 1, 2 or 5 times a power of ten. */
function roundStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((one) => one * power >= value) ?? 10;
  return factor * power;
}
