import type { Params } from '@segscape/core';
import type { EigenvalueEvent, EigenvalueMapOptions } from '../curvature/eigenvalue-map.js';
import type { EigenvalueOptions, Eigenvalues } from '../curvature/extremes.js';
import type { GradientDirection } from '../curvature/gradient-direction.js';
import type { CurvatureProblem } from '../curvature/gradient-field.js';
import type { KeskarOptions, KeskarSharpness } from '../curvature/keskar.js';
import type { NoiseScale } from '../curvature/noise-scale.js';
import type { CurvatureOptions, LossCurvature } from '../curvature/of-losses.js';
import type { OutputProblem } from '../curvature/output-problem.js';
import type { Sharpness, SharpnessOptions } from '../curvature/sharpness.js';
import type { DensityOptions, SpectralDensity, TraceOptions } from '../curvature/spectrum.js';
import type {
  CurvatureTrace,
  CurvatureTraceOptions,
  LayerTrace,
  LayerTraceOptions,
} from '../curvature/trace.js';
import type { Batch } from '../grids/objective.js';

// What is loaded when it is first called: a page that only draws surfaces does not carry it.

/**
 * The smallest and largest eigenvalue of the Hessian at each place of a line or plane: whether what looks convex there is.
 * One Lanczos run a place finds both.
 *
 * @param problem the loss, its weights and batches; all tensors are borrowed.
 * @param options the directions, borrowed, and the places along them.
 * @returns a `point` and a `progress` event for each place, `done` at last: with `stopped: true` and the places so far
 *   wherever the signal has fired; `resumeFrom: result` then goes on to the same bits.
 * @throws {SegscapeError} `BAD_OPTION`.
 * @see Li et al., 2018, section 6. https://arxiv.org/abs/1712.09913
 */
export async function* eigenvalueMap<B extends Batch>(
  problem: CurvatureProblem<B>,
  options: EigenvalueMapOptions,
): AsyncGenerator<EigenvalueEvent> {
  const room = await import('../curvature/eigenvalue-map.js');
  yield* room.eigenvalueMap(problem, options);
}

/**
 * The way straight down from weights, as a direction for `line` or `surface`.
 *
 * @param problem the loss, its weights and batches; all tensors are borrowed.
 * @returns the direction, shaped like the parameters that count; the caller disposes it.
 * @throws {SegscapeError} `BAD_OPTION`; `NOT_FINITE` where the gradient is 0 or not finite; `ABORTED`.
 */
export async function gradientDirection<B extends Batch>(
  problem: CurvatureProblem<B>,
): Promise<GradientDirection> {
  const room = await import('../curvature/gradient-direction.js');
  return room.gradientDirection(problem);
}

/**
 * Sharpness of Keskar et al. over the whole space: how much the loss rises in a box around the weights,
 *
 *     100 · (max L(w + e) − L(w)) / (1 + L(w)),   |e_i| ≤ epsilon · (|w_i| + 1)
 *
 * sought by projected ascent by the signs of the gradient, the first step to a corner of the box and each later one half as
 * long; so a lower bound. (The paper uses ten steps of L-BFGS-B.)
 *
 * @param problem the loss, its weights and batches; all tensors are borrowed.
 * @param options the box, and the steps of the search.
 * @returns the sharpness in percent, and the losses it is made of.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 * @see Keskar, Mudigere, Nocedal, Smelyanskiy, Tang, 2017, metric 2.1. https://arxiv.org/abs/1609.04836
 */
export async function keskarSharpness<B extends Batch>(
  problem: CurvatureProblem<B>,
  options?: KeskarOptions,
): Promise<KeskarSharpness> {
  const room = await import('../curvature/keskar.js');
  return room.keskarSharpness(problem, options);
}

/**
 * Gradient noise scale, from the spread of the gradients of batches. Both parts are unbiased:
 *
 *     tr(Σ) = Σ n_k ‖g_k − ḡ‖² / (K − 1),   ‖G‖² = ‖ḡ‖² − tr(Σ) / Σ n_k
 *
 * for K batches of n_k samples with gradients g_k and mean ḡ, weighed by samples.
 *
 * @param problem with at least 2 batches; its `weights` do not count here.
 * @returns the scale, in samples, and its two parts.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 * @see McCandlish, Kaplan, Amodei, 2018, appendix A. https://arxiv.org/abs/1812.06162
 */
export async function gradientNoiseScale<B extends Batch>(problem: CurvatureProblem<B>): Promise<NoiseScale> {
  const room = await import('../curvature/noise-scale.js');
  return room.gradientNoiseScale(problem);
}

/**
 * How every loss of an objective bends at the same weights: extreme eigenvalues, trace and density of its Hessian, sharpness. One
 * program is compiled for all losses, which a factor of 1 or 0 chooses between; the numbers are those of `topEigenvalues`,
 * `curvatureTrace`, `spectralDensity` and `sharpness` of each loss by itself.
 *
 *     const { dice, ce } = await curvature({ objective, params, batches, eigenvalues: { count: 3 }, sharpness: true });
 *     dice.eigenvalues.values; // [3]
 *
 * @param options the losses, the weights and the batches, and what is measured; all tensors are borrowed.
 * @returns a record for each loss.
 * @throws {SegscapeError} `BAD_OPTION`; `NOT_FINITE` for a loss that is not finite at the weights; `ABORTED`.
 */
export async function curvature<B extends Batch>(
  options: CurvatureOptions<B>,
): Promise<Readonly<Record<string, LossCurvature>>> {
  const room = await import('../curvature/of-losses.js');
  return room.curvature(options);
}

/**
 * The same at each of several weights of one network, along its training say, by the same program.
 *
 * @param options as of `curvature`, without the weights.
 * @param stations weights of the same names and shapes; borrowed.
 * @returns the records of each, in order.
 * @throws {SegscapeError} as `curvature`.
 */
export async function* curvatureAlong<B extends Batch>(
  options: Omit<CurvatureOptions<B>, 'params'>,
  stations: Iterable<Params>,
): AsyncGenerator<Readonly<Record<string, LossCurvature>>, void> {
  const room = await import('../curvature/of-losses.js');
  yield* room.curvatureAlong(options, stations);
}

/**
 * How much the loss rises within a small ball around the weights:
 *
 *     max over ‖e‖ ≤ rho of L(w + e) − L(w)
 *
 * sought by gradient ascent from the weights, so a lower bound.
 *
 * @param problem the loss, its weights and batches; all tensors are borrowed.
 * @param options the ball, and the steps of the search.
 * @returns the rise, in the units of the loss, and the loss and its gradient's length at the weights.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 * @see Foret, Kleiner, Mobahi, Neyshabur, 2021. https://arxiv.org/abs/2010.01412
 */
export async function sharpness<B extends Batch>(
  problem: CurvatureProblem<B>,
  options?: SharpnessOptions,
): Promise<Sharpness> {
  const room = await import('../curvature/sharpness.js');
  return room.sharpness(problem, options);
}

/**
 * Extreme eigenvalues of the Hessian with their eigenvectors, by Lanczos.
 *
 * @param problem the loss, its weights and batches; all tensors are borrowed.
 * @param options how many, which, and how well.
 * @returns values in the order asked for, bounds of their errors, and unit eigenvectors, which the caller disposes.
 * @throws {SegscapeError} `BAD_OPTION`; `NOT_FINITE` where the curvature is not; `ABORTED`.
 */
export async function topEigenvalues<B extends Batch>(
  problem: CurvatureProblem<B>,
  options?: EigenvalueOptions,
): Promise<Eigenvalues> {
  const room = await import('../curvature/spectrum.js');
  return room.topEigenvalues(problem, options);
}

/**
 * Trace of the Hessian by Hutchinson's estimator: the mean of vᵀHv over vectors of random signs. With as many probes as
 * parameters the unit vectors are used instead, and the trace is exact.
 *
 * @param problem the loss, its weights and batches; all tensors are borrowed.
 * @param options how many products.
 * @returns the trace and the standard error of the estimate (0 when exact, NaN for one probe).
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 * @see Hutchinson, 1989; Yao et al., PyHessian, 2020. https://arxiv.org/abs/1912.07145
 */
export async function hessianTrace<B extends Batch>(
  problem: CurvatureProblem<B>,
  options?: TraceOptions,
): Promise<{ readonly trace: number; readonly standardError: number }> {
  const room = await import('../curvature/spectrum.js');
  return room.hessianTrace(problem, options);
}

/**
 * Density of the eigenvalues of the Hessian, or of the `matrix` asked for, by stochastic Lanczos quadrature.
 *
 * @param problem the loss (or `logits` and `lossOfLogits`), its weights and batches; all tensors are borrowed.
 * @param options how many products, and how smooth.
 * @returns `points` places and the density at each, and the nodes of the quadrature that it was made of.
 * @throws {SegscapeError} `BAD_OPTION`; `NOT_FINITE` where the curvature is not; `ABORTED`.
 * @see Ghorbani, Krishnan, Xiao, 2019. https://arxiv.org/abs/1901.10159
 */
export async function spectralDensity<B extends Batch>(
  problem: CurvatureProblem<B> | OutputProblem<B>,
  options?: DensityOptions,
): Promise<SpectralDensity> {
  const room = await import('../curvature/spectrum.js');
  return room.spectralDensity(problem, options);
}

/**
 * Trace of the Hessian, the Gauss–Newton matrix or the Fisher, with the standard error of the estimate.
 *
 * @param problem the loss (or `logits` and `lossOfLogits`), its weights and batches; all tensors are borrowed.
 * @param options how many products, and which estimator.
 * @returns the trace and its standard error.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 * @see Meyer, Musco, Musco, Woodruff, Hutch++: optimal stochastic trace estimation, 2021. https://arxiv.org/abs/2010.09649
 * @see Hutchinson, 1989.
 */
export async function curvatureTrace<B extends Batch>(
  problem: CurvatureProblem<B> | OutputProblem<B>,
  options?: CurvatureTraceOptions,
): Promise<CurvatureTrace> {
  const room = await import('../curvature/trace.js');
  return room.curvatureTrace(problem, options);
}

/**
 * The trace of each layer's own block, all from the same products: the part of vᵀHv that lies in the layer, for vectors of
 * random signs. The blocks' traces sum to the whole.
 *
 * @param problem the loss (or `logits` and `lossOfLogits`), its weights and batches; all tensors are borrowed.
 * @param options how many products, and what a layer is.
 * @returns a trace with its standard error for each layer, in the order of the parameters.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 * @see Yao et al., PyHessian, 2020. https://arxiv.org/abs/1912.07145
 */
export async function layerTraces<B extends Batch>(
  problem: CurvatureProblem<B> | OutputProblem<B>,
  options?: LayerTraceOptions,
): Promise<LayerTrace[]> {
  const room = await import('../curvature/trace.js');
  return room.layerTraces(problem, options);
}
