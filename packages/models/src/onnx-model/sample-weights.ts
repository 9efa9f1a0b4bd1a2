/** Where samples of an axis are taken, as `Resize` names it. */
export const placings = [
  'align_corners',
  'asymmetric',
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
] as const;
export type Placing = (typeof placings)[number];

/** An axis of `from` values that gets `to`; `factor` is what `to` was rounded from. */
export interface ResizedAxis {
  /** In the graph's order. */
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly factor: number;
}

/** Where a sample lies between the values that are there. */
function placeOf(sample: number, { from, to, factor }: ResizedAxis, placing: Placing): number {
  if (placing === 'asymmetric') return sample / factor;
  if (placing === 'align_corners') return to > 1 ? (sample * (from - 1)) / (to - 1) : 0;
  if (placing === 'pytorch_half_pixel' && to === 1) return 0;
  const half = (sample + 0.5) / factor - 0.5;
  // The middle of what was rounded off lies in the middle.
  return placing === 'half_pixel_symmetric' ? half + (from / 2) * (1 - to / (factor * from)) : half;
}

const samplePlaces = (axis: ResizedAxis, placing: Placing): number[] =>
  Array.from({ length: axis.to }, (_, sample) => placeOf(sample, axis, placing));

export const roundings = ['floor', 'ceil', 'round_prefer_floor', 'round_prefer_ceil'] as const;
export type Rounding = (typeof roundings)[number];

const rounded: Readonly<Record<Rounding, (place: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (place) => Math.ceil(place - 0.5),
  round_prefer_ceil: (place) => Math.floor(place + 0.5),
};

/** Places that factors of single precision put just beside a pixel or half-way between two lie there. */
function settled(place: number): number {
  const half = Math.round(place * 2) / 2;
  return Math.abs(place - half) < 1e-5 ? half : place;
}

/** The value that each sample takes. */
export const nearestPlaces = (axis: ResizedAxis, placing: Placing, rounding: Rounding): number[] =>
  samplePlaces(axis, placing)
    .map((place) => rounded[rounding](settled(place)))
    .map((place) => Math.min(axis.from - 1, Math.max(0, place)));

/** How much values count by their distance from the sample, and up to which distance any do. */
export interface Kernel {
  readonly reach: number;
  readonly weigh: (distance: number) => number;
}

export const linearKernel: Kernel = { reach: 1, weigh: (distance) => Math.max(0, 1 - distance) };

/** Keys, 1981, https://doi.org/10.1109/TASSP.1981.1163711, with its free parameter. */
export const cubicKernel = (a: number): Kernel => ({
  reach: 2,
  weigh: (x) => {
    if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  },
});

/** How the weights of an axis are made. */
export interface Weighing {
  readonly placing: Placing;
  readonly kernel: Kernel;
  /** Widen the kernel where the axis shrinks. */
  readonly antialias: boolean;
  /** Leave out what lies beyond the ends, instead of repeating the values there. */
  readonly excludeOutside: boolean;
}

/** How much each of the `from` values counts in each of the `to` samples, row after row of a sample. */
export function sampleWeights(axis: ResizedAxis, { placing, kernel, ...options }: Weighing): Float32Array {
  const { from, to, factor } = axis;
  const weights = new Float32Array(from * to);
  const narrow = options.antialias ? Math.min(1, factor) : 1;
  const reach = kernel.reach / narrow;
  for (const [sample, place] of samplePlaces(axis, placing).entries()) {
    const found: [at: number, weight: number][] = [];
    for (let at = Math.ceil(place - reach); at <= Math.floor(place + reach); at++) {
      if (options.excludeOutside && (at < 0 || at >= from)) continue;
      found.push([Math.min(from - 1, Math.max(0, at)), kernel.weigh(Math.abs(at - place) * narrow)]);
    }
    const total = found.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [at, weight] of found) weights[sample * from + at]! += weight / total;
  }
  return weights;
}
