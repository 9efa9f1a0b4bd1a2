/** Places values along an axis, straight or by powers of ten. */
export interface Scale {
  readonly domain: readonly [number, number];
  readonly log: boolean;
  /** Pixels of a value; NaN for what a logarithmic axis cannot show. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** Steps of 1, 2 or 5 times a power of ten that give about `count` ticks. */
export function linearTicks(low: number, high: number, count = 5): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) ?? 10) * power;
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++)
    ticks.push(Number((k * step).toPrecision(14)));
  return ticks;
}

/** Powers of ten, with their 2 and 5 between where there is room. */
export function logTicks(low: number, high: number, count = 5): number[] {
  const decades = Math.log10(high / low);
  const factors = decades < count / 3 ? [1, 2, 5] : decades < count / 1.5 ? [1, 3] : [1];
  const every = Math.max(1, Math.ceil(decades / (count + 1)));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(12));
      if (power % every === 0 && tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  return ticks.length >= 2 ? ticks : linearTicks(low, high, count).filter((tick) => tick > 0);
}

export interface ScaleOptions {
  readonly log?: boolean;
  readonly ticks?: number;
}

/** A scale from values to the pixels `[from, to]`. */
export function scaleOf(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  { log = false, ticks = 5 }: ScaleOptions = {},
): Scale {
  const place = log ? Math.log10 : (value: number) => value;
  const [a, b] = [place(low), place(high)];
  return {
    domain: [low, high],
    log,
    at: (value) => from + ((place(value) - a) / (b - a || 1)) * (to - from),
    ticks: log ? logTicks(low, high, ticks) : linearTicks(low, high, ticks),
  };
}

/** A number as short as it can be said: three significant digits, powers of ten beyond. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) {
    const [mantissa, exponent] = value.toExponential(1).split('e') as [string, string];
    const power = [...String(Number(exponent))]
      .map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)]))
      .join('');
    const factor = mantissa.replace('.0', '').replace('-', '−');
    return factor === '1' ? `10${power}` : `${factor}·10${power}`;
  }
  return String(Number(value.toPrecision(3))).replace('-', '−');
}

/** Smallest and largest finite value, undefined when there is none. */
export function finiteExtent(values: Iterable<number>): [number, number] | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}
