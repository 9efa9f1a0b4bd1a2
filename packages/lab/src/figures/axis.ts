/** A linear axis from values to pixels, with round ticks. */
export interface Axis {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

export function axisOf(low: number, high: number, from: number, to: number, wanted = 4): Axis {
  const span = high - low || 1;
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const last = Math.floor(low / step + span / step + 1e-9);
  const ticks = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
  return { at: (value) => from + ((value - low) / span) * (to - from), ticks };
}

export const shortNumber = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'not a number';
