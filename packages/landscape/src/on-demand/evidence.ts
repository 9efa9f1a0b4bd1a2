import type { Params } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ActivationMaximisationOptions, ExcitingImage } from '../filters/activation-maximisation.js';
import type { GradientCosines } from '../forensics/gradient-cosines.js';
import type { GradientShares, GradientSharesOptions } from '../forensics/gradient-shares.js';
import type { ForensicsProblem, UnplacedProblem } from '../forensics/problem.js';
import type { Batch } from '../grids/objective.js';
import type { Surface } from '../grids/surface.js';
import type { CkaMatrix, CkaOptions } from '../statistics/cka.js';
import type { LineNoise, LineNoiseOptions } from '../trust/line-noise.js';
import type { NoiseFloor, NoiseOptions, SampleNoise } from '../trust/noise.js';
import type { RepeatOptions } from '../trust/repeats.js';
import type { Trust, TrustOptions } from '../trust/trust.js';

// What is loaded when it is first called: a page that only draws surfaces does not carry it.

/**
 * Whether losses pull the same way: cosines between their gradients at the same weights.
 *
 * @param problem the scores and losses, weights and batches; all tensors are borrowed.
 * @returns a cosine for each two losses, `[losses][losses]`, and the length of each gradient.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 */
export async function gradientCosines<B extends Batch>(
  problem: ForensicsProblem<B>,
): Promise<GradientCosines> {
  const room = await import('../forensics/gradient-cosines.js');
  return room.gradientCosines(problem);
}

/**
 * The same at each of several weights of one network, along its training say; it is compiled once for all of them.
 *
 * @param problem as of `gradientCosines`, without the weights.
 * @param stations weights of the same names and shapes; borrowed.
 * @returns the cosines of each, in order.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 */
export async function* gradientCosinesAlong<B extends Batch>(
  problem: UnplacedProblem<B>,
  stations: Iterable<Params>,
): AsyncGenerator<GradientCosines, void> {
  const room = await import('../forensics/gradient-cosines.js');
  yield* room.gradientCosinesAlong(problem, stations);
}

/**
 * Where a loss's gradient comes from: how much of it each class, band or kind of mistake sends, for every loss at the same
 * weights from one forward pass a batch. Why one loss learns while another waits.
 *
 *     await gradientShares(problem, { groupings: { class: byClass(['background', 'disc'], ({ labels }) => labels) } });
 *     // { dice: { class: [{ group: 'background', pixels: 0.98, share: 0.31, … }, …] }, … }
 *
 * @param problem the scores and losses, weights and batches; all tensors are borrowed.
 * @param options the groups, and the gradient of what.
 * @returns by loss, then by grouping, a share for each group.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 */
export async function gradientShares<B extends Batch>(
  problem: ForensicsProblem<B>,
  options: GradientSharesOptions<B>,
): Promise<GradientShares> {
  const room = await import('../forensics/gradient-shares.js');
  return room.gradientShares(problem, options);
}

/**
 * The same at each of several weights of one network, along its training say; it is compiled once for all of them.
 *
 * @param problem as of `gradientShares`, without the weights.
 * @param stations weights of the same names and shapes; borrowed.
 * @param options the groups, and the gradient of what.
 * @returns the shares at each, in order.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 */
export async function* gradientSharesAlong<B extends Batch>(
  problem: UnplacedProblem<B>,
  stations: Iterable<Params>,
  options: GradientSharesOptions<B>,
): AsyncGenerator<GradientShares, void> {
  const room = await import('../forensics/gradient-shares.js');
  yield* room.gradientSharesAlong(problem, stations, options);
}

/**
 * The floor below which differences of a loss say nothing: the same weights and samples, in other orders, which changes
 * nothing but the rounding of single precision.
 *
 * @param options the losses, the weights and the batches; all tensors are borrowed.
 * @param options.orders how many. Default 8.
 * @returns the floor of each loss, in its units.
 * @throws {SegscapeError} as `surface`; `ABORTED` when the signal fires.
 */
export async function noiseFloor<B extends Batch>(
  options: NoiseOptions<B> & { readonly orders?: number },
): Promise<Record<string, NoiseFloor>> {
  const room = await import('../trust/noise.js');
  return room.noiseFloor(options);
}

/**
 * What of a loss is chance in the choice of images: each image by itself, then the bootstrap over them. A loss that is no
 * mean over images (Dice over a whole batch) is taken image by image.
 *
 * @param options the losses, the weights and the batches; all tensors are borrowed.
 * @param options.resamples default 1000.
 * @returns mean, spread and interval of each loss, in its units.
 * @throws {SegscapeError} as `surface`; `ABORTED` when the signal fires.
 * @see Efron, Tibshirani, An Introduction to the Bootstrap, 1993, sections 6 and 13.
 */
export async function sampleNoise<B extends Batch>(
  options: NoiseOptions<B> & { readonly resamples?: number },
): Promise<Record<string, SampleNoise>> {
  const room = await import('../trust/noise.js');
  return room.sampleNoise(options);
}

/**
 * What of a line is chance in the choice of images: each image by itself along the line, then the bootstrap over them, the
 * same images at every place. Draw `low` and `high` as a band around the line; a hill lower than a few `differenceError` may
 * be another on other images. It takes as many points as there are places times images.
 *
 * @param options as those of `line`; all tensors are borrowed.
 * @param options.resamples default 1000.
 * @returns a band for each loss, in its units.
 * @throws {SegscapeError} as `line`; `ABORTED` when the signal fires.
 * @see Efron, Tibshirani, An Introduction to the Bootstrap, 1993, sections 6 and 13.
 */
export async function lineNoise<B extends Batch>(options: LineNoiseOptions<B>): Promise<LineNoise> {
  const room = await import('../trust/line-noise.js');
  return room.lineNoise(options);
}

/**
 * The same losses around the same weights over other pairs of random directions: the `repeats` of `trust`. With a `store` the
 * points of pair k are kept under `<key>/pair-<k>`.
 *
 * @param options as those of `surface`, and how many pairs.
 * @returns a surface for each pair.
 * @throws {SegscapeError} as `surface`; `ABORTED` when the signal fires.
 */
export async function repeatSurfaces<B extends Batch>(options: RepeatOptions<B>): Promise<Surface[]> {
  const room = await import('../trust/repeats.js');
  return room.repeatSurfaces(options);
}

/**
 * How far to trust a surface: how much of the training, the gradient and the curvature its plane holds, how its statistics
 * scatter over other directions, and what of it is rounding or the choice of images. Minima shallower than four times the
 * noise floor are not counted.
 *
 *     const { sentence } = await trust(surface, { plane, path, gradient, repeats, noise: await noiseFloor(problem) });
 *
 * @param surface what is to be trusted.
 * @param options what was measured; all tensors are borrowed.
 * @returns the numbers, and a sentence of them.
 * @throws {SegscapeError} `BAD_OPTION` for a loss that is not there, or fewer than 3 × 3 places; `SHAPE_MISMATCH` for values
 *   that do not fill the axes; `NOT_FINITE` when no value is finite.
 */
export async function trust(surface: Surface, options?: TrustOptions): Promise<Trust> {
  const room = await import('../trust/trust.js');
  return room.trust(surface, options);
}

/**
 * Linear centred kernel alignment between the layers of two networks on the same images: 1 where one layer's activations are
 * a rotation and scaling of the other's, 0 where they have nothing in common. With X, Y centred over the images,
 *
 *     CKA = ‖YᵀX‖²_F / (‖XᵀX‖_F · ‖YᵀY‖_F)
 *
 * @param a activations `[images, …]` by layer; at least 2 images, more than a layer has features for small values to mean
 *   something. They are borrowed.
 * @param b of another network, or of the same at another checkpoint, for the same images.
 * @param options `debiased`, for few images and many features.
 * @returns a similarity for each layer of `a` (rows) and of `b` (columns).
 * @throws {SegscapeError} `SHAPE_MISMATCH` when the numbers of images differ; `BAD_OPTION` for fewer than 2 (`debiased`: 4).
 * @see Kornblith, Norouzi, Lee, Hinton, 2019. https://arxiv.org/abs/1905.00414
 */
export async function cka(
  a: Readonly<Record<string, Tensor>>,
  b: Readonly<Record<string, Tensor>>,
  options?: CkaOptions,
): Promise<CkaMatrix> {
  const room = await import('../statistics/cka.js');
  return room.cka(a, b, options);
}

/**
 * Images that excite filters of a network, by gradient ascent on the image: what a filter has learnt to look for, as far as one
 * picture can say. Each step sees the picture moved a little (jitter) and takes a share of it back to its middle (an L2 penalty),
 * else it ends in noise of single pixels.
 *
 *     x ← x + rate · g / rms(g) − decay · (x − middle),   g = ∂ mean(activation of the filter) / ∂x
 *
 * @param options the features, the weights and the filters; all tensors are borrowed.
 * @returns an image `[…space, channels]` for each filter, and how much it excites it before and after; the same seed gives the same.
 * @throws {SegscapeError} `BAD_OPTION` for a filter that is not there and options out of their bounds; `SHAPE_MISMATCH`; `ABORTED`.
 * @see Erhan, Bengio, Courville, Vincent, Visualizing higher-layer features of a deep network, 2009.
 */
export async function activationMaximisation(
  options: ActivationMaximisationOptions,
): Promise<ExcitingImage[]> {
  const room = await import('../filters/activation-maximisation.js');
  return room.activationMaximisation(options);
}
