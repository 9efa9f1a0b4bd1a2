import type { Rng } from '@segscape/core';
import { assertOptions, number, options as optionsOf, word } from '@segscape/core/schema';
import { type BorderMode, borderModes } from './boundary.js';
import { shapeOf } from './extent.js';
import { assertField, type DisplacementField } from './field.js';
import { assertSigma, type PerAxis, perAxis, smoother } from './gaussian.js';
import { rngOf } from './given.js';
import type { Smoother } from './kernel-jobs.js';
import * as shared from './shared-options.js';

export interface SimardOptions {
  /** Scale of the displacement. With noise in [−1, 1] and sigma of several pixels, 34 moves by a pixel or two. */
  readonly alpha: number;
  /** Standard deviation of the smoothing, pixels: one for all axes or `[y, x]`, of a volume `[z, y, x]`. */
  readonly sigma: PerAxis;
  /** Border of the smoothing. Default `'constant'` (zeros), as in Simard's and the original study's code. */
  readonly filterMode?: BorderMode;
}

export const simardSchema = optionsOf<SimardOptions>(
  {
    alpha: number('Scale of the displacement.', { unit: 'pixels' }),
    sigma: perAxis('Standard deviation of the smoothing, one for all axes or one for each.'),
    filterMode: word('Border of the smoothing.', borderModes, { default: 'constant' }),
  },
  ['alpha', 'sigma'],
);

/**
 * Simard's field from given noise: `alpha · Gaussian(noise)`; a volume's is smoothed along all three axes.
 * @param noise a field of noise, usually in [−1, 1].
 * @param options `alpha`, `sigma`, and the border of the smoothing.
 * @returns displacements in pixels, float32, in the order of rows.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 * @see Simard, Steinkraus, Platt, Best practices for convolutional neural networks, 2003.
 */
export function simardField(noise: DisplacementField, options: SimardOptions): DisplacementField {
  const where = 'elastic';
  assertOptions(where, options, simardSchema);
  assertField(where, noise);
  const shape = shapeOf(noise);
  assertSigma(where, options.sigma, shape.length, false);
  const smoothed = smoothing(shape, options);
  const from = (values: DisplacementField['dy']) => smoothed((block) => block.values.set(values));
  const dz = noise.dz && from(noise.dz);
  return { ...noise, ...(dz && { dz }), dy: from(noise.dy), dx: from(noise.dx) };
}

/** Makes one component of a field of what fills a block; all components share the block. */
function smoothing(shape: readonly number[], { alpha, sigma, filterMode = 'constant' }: SimardOptions) {
  const block = smoother(shape, 1, { sigma, mode: filterMode });
  return (fill: (block: Smoother) => void): Float32Array => {
    fill(block);
    block.run();
    return block.scaled(alpha);
  };
}

export interface ElasticFieldOptions extends SimardOptions {
  /** Of a field that moves from slice to slice, too; without it, one for a plane. */
  readonly depth?: number;
  readonly height: number;
  readonly width: number;
}

export const elasticFieldSchema = optionsOf<ElasticFieldOptions>(
  {
    ...simardSchema.properties,
    depth: shared.count('Slices of a field that moves from slice to slice, too.', 1),
    height: shared.height,
    width: shared.width,
  },
  ['height', 'width', 'alpha', 'sigma'],
);

/**
 * The field that `elastic` draws: uniform noise in [−1, 1] for (dz,) dy and then dx, smoothed and scaled.
 * @param options size in pixels, `alpha`, `sigma`, and the border of the smoothing.
 * @param rng where draws come from.
 * @returns displacements in pixels, float32, in the order of rows.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function elasticField(options: ElasticFieldOptions, rng: Rng): DisplacementField {
  assertOptions('elasticField', options, elasticFieldSchema);
  const stream = rngOf('elasticField', rng);
  const { depth, height, width } = options;
  const shape = depth === undefined ? [height, width] : [depth, height, width];
  assertSigma('elastic', options.sigma, shape.length, false);
  const smoothed = smoothing(shape, options);
  const drawn = () => smoothed((block) => block.drawNoise(stream));
  const volume = depth === undefined ? {} : { depth, dz: drawn() };
  return { ...volume, height, width, dy: drawn(), dx: drawn() };
}
