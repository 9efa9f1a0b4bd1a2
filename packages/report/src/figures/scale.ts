import { linearTicks, logTicks } from './ticks.js';

/** Places values along an axis, straight or by powers of ten. */
export interface Scale {
  /** Ends in the order given; what an axis cannot end at is replaced. */
  readonly domain: readonly [number, number];
  readonly log: boolean;
  /** Pixels of a value, never farther out than 100 axes; NaN for what is not finite or a logarithm cannot show. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

export interface ScaleOptions {
  readonly log?: boolean;
  readonly ticks?: number;
}

/** How many lengths of the axis away a value may be placed. */
const farthest = 100;

/** Smallest end of a logarithmic axis whose values go down to zero, by its largest. */
export const lowestLog = (high: number): number => Math.max(high / 1e6, Number.MIN_VALUE);

/** A scale from values to the pixels `[from, to]`. Ends that are not finite (or, logarithmic, not positive) show 0 to 1. */
export function scaleOf(
  ends: readonly [number, number],
  [from, to]: readonly [number, number],
  { log = false, ticks = 5 }: ScaleOptions = {},
): Scale {
  const [low, high] = ends.every(Number.isFinite) ? (log ? positive(ends) : ends) : log ? [0.1, 1] : [0, 1];
  const place = log ? Math.log10 : (value: number) => value;
  // The difference of two huge ends is no number: halves are.
  const unit = Number.isFinite(place(high) - place(low)) ? 1 : 2;
  const [a, b] = [place(low) / unit, place(high) / unit];
  return {
    domain: [low, high],
    log,
    at: (value) => {
      const placed = place(value) / unit;
      if (!Number.isFinite(placed)) return Number.NaN;
      const share = (placed - a) / (b - a || 1);
      return from + Math.max(-farthest, Math.min(farthest, share)) * (to - from);
    },
    ticks: log ? logTicks(low, high, ticks) : linearTicks(low, high, ticks),
  };
}

function positive([low, high]: readonly [number, number]): readonly [number, number] {
  const top = Math.max(low, high);
  if (!(top > 0)) return [0.1, 1];
  const floor = lowestLog(top);
  return [low > 0 ? low : floor, high > 0 ? high : floor];
}

/** A domain with room on both sides, as a share of its length; it stays finite. */
export function widened(low: number, high: number, share: number): [number, number] {
  const length = Math.min(Number.MAX_VALUE, high - low) || Math.abs(high) || 1;
  const [bottom, top] = [low - length * share, high + length * share];
  return [Math.max(-Number.MAX_VALUE, bottom), Math.min(Number.MAX_VALUE, top)];
}

/** A number as short as it can be said: three significant digits unless told, powers of ten beyond. */
export function shortNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) {
    const [mantissa, exponent] = value.toExponential(digits - 2).split('e') as [string, string];
    const power = [...String(Number(exponent))]
      .map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)]))
      .join('');
    const factor = String(Number(mantissa)).replace('-', '−');
    return factor === '1' ? `10${power}` : `${factor}·10${power}`;
  }
  return String(Number(value.toPrecision(digits))).replace('-', '−');
}

/** Ticks in words, with as many digits as tell them apart: 0.9001 and 0.9002 are not both 0.9. At most six. */
export function tickTexts(ticks: readonly number[]): string[] {
  for (let digits = 3; ; digits++) {
    const texts = ticks.map((tick) => shortNumber(tick, digits));
    if (digits === 6 || new Set(texts).size === ticks.length) return texts;
  }
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
