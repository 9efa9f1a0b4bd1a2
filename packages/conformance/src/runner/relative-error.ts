import type { Outcome } from '../suite/case.js';

type Outcomes = Readonly<Record<string, Outcome>>;

/** Outputs that are zero, or nearly, are measured against this instead of their own size. */
const floor = 1e-6;

export interface Deviation {
  /** The largest over all outputs; infinite where something is missing or not finite. */
  readonly error: number;
  /** The output in which it is, or what is wrong. */
  readonly at: string;
}

/** `max |got − reference| / (max |reference| + 1e-6)` of one output. */
function deviation(got: Outcome | undefined, { shape, data }: Outcome): number {
  if (got === undefined || got.shape.join() !== shape.join()) return Number.POSITIVE_INFINITY;
  let scale = 0;
  let worst = 0;
  for (let i = 0; i < data.length; i++) {
    const [want, have] = [data[i]!, got.data[i]!];
    if (Object.is(want, have) || want === have) {
      if (Number.isFinite(want)) scale = Math.max(scale, Math.abs(want));
      continue;
    }
    const difference = Math.abs(have - want);
    if (!Number.isFinite(difference)) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, difference);
    scale = Math.max(scale, Math.abs(want));
  }
  return worst / (scale + floor);
}

/** The worst output of a case, relative to the largest entry of that output in the reference. */
export function largestDeviation(got: Outcomes, reference: Outcomes): Deviation {
  let worst: Deviation = { error: 0, at: Object.keys(reference)[0] ?? '' };
  const unexpected = Object.keys(got).find((name) => reference[name] === undefined);
  if (unexpected !== undefined) return { error: Number.POSITIVE_INFINITY, at: `${unexpected}, unexpected` };
  for (const [name, outcome] of Object.entries(reference)) {
    const error = deviation(got[name], outcome);
    if (!(error <= worst.error)) worst = { error, at: name };
  }
  return worst;
}
