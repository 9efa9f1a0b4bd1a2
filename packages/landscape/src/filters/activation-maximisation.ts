import {
  assertKnown,
  assertOption,
  optionNames,
  type Params,
  random,
  SegscapeError,
  throwIfAborted,
} from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import {
  dispose,
  grad,
  mean,
  mul,
  type Scalar,
  sum,
  type Tensor,
  tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { assertWeights } from '../directions/assert-weights.js';
import { compiled } from '../grids/compiled.js';

/** What pictures are looked for with. */
export interface ActivationMaximisationOptions {
  /** Features of images, `[samples, …space, filters]`, as a network gives them at inference; pure and traceable. */
  readonly activations: (params: Params, images: Tensor) => Tensor;
  readonly params: Params;
  /** Filters to excite, by their numbers in the last axis. */
  readonly filters: readonly number[];
  /** Of an image, `[…space, channels]`, in pixels. */
  readonly size: readonly number[];
  /** Intensity that a picture begins around and is drawn back to. Default 0.5. */
  readonly middle?: number;
  /** Standard deviation of the noise that it begins with. Default 0.1. */
  readonly deviation?: number;
  /** Default 64. */
  readonly steps?: number;
  /** How far a pixel moves in a step, root mean square, in units of intensity. Default 0.05. */
  readonly rate?: number;
  /** Share of the way back to `middle` that each step takes: the L2 penalty. Default 0.02. */
  readonly decay?: number;
  /** Each step sees the picture moved by up to so many pixels, round its borders. Default 4. */
  readonly jitter?: number;
  /** An integer. Default 0. */
  readonly seed?: number;
  /** Passed to `jit`. */
  readonly jit?: JitOptions;
  /** Stops before the next step: the promise is rejected with `ABORTED`. */
  readonly signal?: AbortSignal;
}

/** A picture that excites a filter. */
export interface ExcitingImage {
  readonly filter: number;
  /** `[…space, channels]`. */
  readonly image: Float32Array;
  /** Mean activation of the filter over its places, of the noise at first and of the picture at last. */
  readonly before: number;
  readonly after: number;
}

/** An image rolled round its borders: the value of each pixel comes from `shift` pixels before it on each axis. */
function rolled(image: Float32Array, size: readonly number[], shift: readonly number[]): Float32Array {
  const channels = size.at(-1)!;
  const space = size.slice(0, -1);
  const moved = new Float32Array(image.length);
  for (let pixel = 0; pixel * channels < image.length; pixel++) {
    let [rest, from, stride] = [pixel, 0, 1];
    for (let axis = space.length - 1; axis >= 0; axis--) {
      const length = space[axis]!;
      const place = (((rest % length) - shift[axis]!) % length) + length;
      from += (place % length) * stride;
      rest = Math.floor(rest / length);
      stride *= length;
    }
    for (let c = 0; c < channels; c++) moved[pixel * channels + c] = image[from * channels + c]!;
  }
  return moved;
}

const joined = (images: readonly Float32Array[]): Float32Array => {
  const all = new Float32Array(images.reduce((length, image) => length + image.length, 0));
  let at = 0;
  for (const image of images) {
    all.set(image, at);
    at += image.length;
  }
  return all;
};

interface Seen {
  /** Mean activation of the filter of each image, `[images]`. */
  readonly values: Tensor;
  readonly slopes: Tensor;
}

/** The pure step: how much each image excites its own filter, and the slopes of that by its pixels. */
const excitement =
  (activations: ActivationMaximisationOptions['activations']) =>
  ({ params, images, own }: { params: Params; images: Tensor; own: Tensor }): Seen => {
    // An image's own filter alone counts; batches are of inference, so that images do not see each other.
    const excited = (x: Tensor) => {
      const features = activations(params, x);
      const over = Array.from({ length: features.rank - 2 }, (_, axis) => axis + 1);
      return sum(mul(mean(features, over), own), -1);
    };
    return { values: excited(images), slopes: grad((x: Tensor) => sum(excited(x)) as Scalar)(images) };
  };

/** Moves an image along its slopes, by a step of one length whatever they are, and a little back to the middle. */
function ascend(
  image: Float32Array,
  slopes: Float32Array,
  { middle, rate, decay }: { readonly middle: number; readonly rate: number; readonly decay: number },
): void {
  const length = Math.sqrt(slopes.reduce((total, slope) => total + slope * slope, 0) / slopes.length);
  const unit = length > 0 && Number.isFinite(length) ? rate / length : 0;
  for (let i = 0; i < image.length; i++)
    image[i] = image[i]! + unit * slopes[i]! - decay * (image[i]! - middle);
}

function checked(where: string, options: ActivationMaximisationOptions): void {
  const { activations, params, filters, size, middle = 0.5 } = options;
  const { steps = 64, rate = 0.05, deviation = 0.1, decay = 0.02, jitter = 4 } = options;
  const isCount = (value: number) => Number.isInteger(value) && value >= 1;
  const all = (values: readonly number[], test: (value: number) => boolean) =>
    Array.isArray(values) && values.length > 0 && values.every(test);
  assertOption(typeof activations === 'function', where, 'activations', activations, 'be a function');
  assertWeights(where, 'params', params);
  const numbered = all(filters, (filter) => Number.isInteger(filter) && filter >= 0);
  assertOption(numbered, where, 'filters', filters, 'be whole numbers from 0, at least one');
  assertOption(
    all(size, isCount) && size.length >= 2,
    where,
    'size',
    size,
    'be […space, channels], in pixels',
  );
  assertOption(Number.isFinite(middle), where, 'middle', middle, 'be a finite intensity');
  assertOption(isCount(steps), where, 'steps', steps, 'be a whole number >= 1');
  assertOption(rate > 0, where, 'rate', rate, 'be positive');
  assertOption(deviation >= 0 && Number.isFinite(deviation), where, 'deviation', deviation, 'be >= 0');
  assertOption(decay >= 0 && decay < 1, where, 'decay', decay, 'be in [0, 1)');
  const moves = Number.isInteger(jitter) && jitter >= 0;
  assertOption(moves, where, 'jitter', jitter, 'be a whole number >= 0, in pixels');
}

const known = optionNames<ActivationMaximisationOptions>({
  activations: true,
  params: true,
  filters: true,
  size: true,
  middle: true,
  deviation: true,
  steps: true,
  rate: true,
  decay: true,
  jitter: true,
  seed: true,
  jit: true,
  signal: true,
});

/** Images that excite filters. */
export async function activationMaximisation(
  options: ActivationMaximisationOptions,
): Promise<ExcitingImage[]> {
  assertKnown('activationMaximisation', options, known);
  const where = 'activationMaximisation';
  checked(where, options);
  const { activations, params, filters, size, jit, signal } = options;
  const { steps = 64, middle = 0.5, deviation = 0.1, rate = 0.05, decay = 0.02, jitter = 4 } = options;
  const rng = random(options.seed ?? 0);
  const pixels = size.reduce((product, length) => product * length, 1);
  const images = filters.map(() =>
    Float32Array.from({ length: pixels }, () => middle + deviation * rng.normal()),
  );
  const own = ownFilters(where, options);
  const step = compiled(where, excitement(activations), jit);
  const look = async (shift: readonly number[]) => {
    const moved = tensor(joined(images.map((image) => rolled(image, size, shift))), [images.length, ...size]);
    const seen = await step({ params, images: moved, own });
    try {
      const [values, slopes] = await Promise.all([seen.values.data(), seen.slopes.data()]);
      return { values: Array.from(values), slopes: Float32Array.from(slopes) };
    } finally {
      dispose([moved, seen.values, seen.slopes]);
    }
  };
  const still = size.slice(1).map(() => 0);
  try {
    const { values: before } = await look(still);
    for (let k = 0; k < steps; k++) {
      throwIfAborted(signal, where);
      const shift = still.map(() => rng.integer(-jitter, jitter + 1));
      const { slopes } = await look(shift);
      const back = shift.map((pixelsMoved) => -pixelsMoved);
      for (const [i, image] of images.entries())
        ascend(image, rolled(slopes.subarray(i * pixels, (i + 1) * pixels), size, back), {
          middle,
          rate,
          decay,
        });
    }
    const { values: after } = await look(still);
    return filters.map((filter, i) => ({
      filter,
      image: images[i]!,
      before: before[i]!,
      after: after[i]!,
    }));
  } finally {
    own.dispose();
    await step.dispose();
  }
}

/** 1 at the filter of each image, `[images, filters]`; @throws {SegscapeError} `BAD_OPTION` for one that is not there. */
function ownFilters(
  where: string,
  { activations, params, filters, size }: ActivationMaximisationOptions,
): Tensor {
  const shape = tidy(() => activations(params, zeros([1, ...size])).shape);
  if (shape.length < 2)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: activations of images [1,${size}] must be [samples, …space, filters], got [${shape}].`,
    );
  const count = shape.at(-1)!;
  const missing = filters.find((filter) => filter >= count);
  if (missing !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: there is no filter ${missing}; the features have ${count}, from 0.`,
      { details: { option: 'filters', value: missing, filters: count } },
    );
  const rows = new Float32Array(filters.length * count);
  for (const [i, filter] of filters.entries()) rows[i * count + filter] = 1;
  return tensor(rows, [filters.length, count]);
}
