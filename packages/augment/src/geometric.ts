import { assertOption, type Raster, type Sample } from '@segscape/core';
import { type AffineOptions, affineField } from './affine-field.js';
import { assertResample, type ResampleOptions, warpSample } from './elastic.js';
import { blank } from './store.js';
import { assertRange, draw, onBoth, type Range, type Transform } from './transform.js';

/** A raster of `[height, width]` whose pixel `(y, x)` is the pixel number `from(y, x)` of the given one. */
function rearranged(
  raster: Raster,
  height: number,
  width: number,
  from: (y: number, x: number) => number,
): Raster {
  const { data, channels } = raster;
  const out = blank(data, data.length);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const start = from(y, x) * channels;
      for (let c = 0; c < channels; c++) out[at++] = data[start + c]!;
    }
  return { ...raster, data: out, height, width };
}

const mirrored = (vertical: boolean, horizontal: boolean) => (raster: Raster) => {
  const { height: h, width: w } = raster;
  return rearranged(raster, h, w, (y, x) => (vertical ? h - 1 - y : y) * w + (horizontal ? w - 1 - x : x));
};

export interface FlipOptions {
  /** Probability of exchanging left and right. Default 0.5. */
  readonly horizontal?: number;
  /** Probability of exchanging top and bottom. Default 0.5. */
  readonly vertical?: number;
}

/** Mirrors; by default one of the four flips (none, either, both) with equal chance. */
export function flip({ horizontal = 0.5, vertical = 0.5 }: FlipOptions = {}): Transform {
  for (const [name, p] of Object.entries({ horizontal, vertical }))
    assertOption(p >= 0 && p <= 1, 'flip', name, p, 'be a probability in [0, 1]');
  return (sample, rng) => {
    const [v, h] = [rng.uniform() < vertical, rng.uniform() < horizontal];
    return v || h ? onBoth(mirrored(v, h))(sample) : sample;
  };
}

/** A quarter turn counter-clockwise, `turns` times. */
function turned(raster: Raster, turns: number): Raster {
  const { height: h, width: w } = raster;
  if (turns === 2) return mirrored(true, true)(raster);
  if (turns === 1) return rearranged(raster, w, h, (y, x) => x * w + (w - 1 - y));
  return turns === 3 ? rearranged(raster, w, h, (y, x) => (h - 1 - x) * w + y) : raster;
}

/** A random number of quarter turns; pictures that are not square are turned by none or two, to keep their size. */
export function rotate90(): Transform {
  return (sample, rng) => {
    const { height, width } = sample.image;
    const turns = height === width ? rng.integer(0, 4) : 2 * rng.integer(0, 2);
    return turns === 0 ? sample : onBoth((raster) => turned(raster, turns))(sample);
  };
}

export interface RandomAffineOptions extends ResampleOptions {
  /** Turn counter-clockwise, degrees; a number n stands for [−n, n]. Default 0. */
  readonly degrees?: Range;
  /** Factor of enlargement. Default 1. */
  readonly factor?: Range;
  /** Shift of each axis, pixels; a number n stands for [−n, n]. Default 0. */
  readonly shift?: Range;
  /** Slant of each axis, degrees; a number n stands for [−n, n]. Default 0. */
  readonly shear?: Range;
}

/** Turns, enlarges, slants and moves about the centre, in one resampling. */
export function affine(options: RandomAffineOptions = {}): Transform {
  return randomAffine('affine', options);
}

function randomAffine(where: string, options: RandomAffineOptions): Transform {
  const { degrees = 0, factor = 1, shift = 0, shear = 0 } = options;
  assertRange(where, 'degrees', degrees);
  assertRange(where, 'shift', shift);
  assertRange(where, 'shear', shear, -80, 80);
  const least = typeof factor === 'number' ? factor : factor[0];
  assertOption(least > 0, where, 'factor', factor, 'be positive');
  assertRange(where, 'factor', factor);
  assertResample(where, options);
  return (sample, rng) => {
    const drawn: AffineOptions = {
      degrees: draw(degrees, rng, true),
      scale: draw(factor, rng),
      translate: [draw(shift, rng, true), draw(shift, rng, true)],
      shear: [draw(shear, rng, true), draw(shear, rng, true)],
    };
    return warpSample(sample, affineField(sample.image.height, sample.image.width, drawn), options);
  };
}

type Only<K extends keyof RandomAffineOptions> = ResampleOptions & Required<Pick<RandomAffineOptions, K>>;

/** Turns about the centre, counter-clockwise. */
export const rotate = (options: Only<'degrees'>): Transform => randomAffine('rotate', options);

/** Enlarges or shrinks about the centre; the size stays. */
export const scale = (options: Only<'factor'>): Transform => randomAffine('scale', options);

/** Moves by a number of pixels along each axis. */
export const translate = (options: Only<'shift'>): Transform => randomAffine('translate', options);

export interface ResizeOptions {
  /** `[height, width]`, pixels. */
  readonly size: readonly [number, number];
  /** 0 nearest, 1 linear (default), 3 cubic. */
  readonly order?: 0 | 1 | 3;
}

/** Resamples to a size, pixel areas onto pixel areas; the mask by its nearest pixel. */
export function resize({ size, order = 1 }: ResizeOptions): Transform {
  const [height, width] = size;
  assertOption(
    size.length === 2 && size.every((n) => Number.isInteger(n) && n > 0),
    'resize',
    'size',
    size,
    'be [height, width], positive integers',
  );
  assertResample('resize', { order });
  return (sample: Sample) => {
    const { image } = sample;
    if (image.height === height && image.width === width) return sample;
    const at = (i: number, from: number, to: number) => ((i + 0.5) * from) / to - 0.5;
    const count = height * width;
    const dy = new Float32Array(count);
    const dx = new Float32Array(count);
    for (let y = 0, p = 0; y < height; y++)
      for (let x = 0; x < width; x++, p++) {
        dy[p] = at(y, image.height, height) - y;
        dx[p] = at(x, image.width, width) - x;
      }
    return warpSample(sample, { height, width, dy, dx }, { order, mode: 'nearest' });
  };
}
