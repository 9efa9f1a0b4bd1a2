import { assertKnown, optionNames, type Params, random, SegscapeError } from '@segscape/core';
import {
  add,
  clone,
  div,
  divNoNan,
  norm as frobenius,
  mul,
  scalar,
  sqrt,
  square,
  sum,
  type Tensor,
  tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { assertWeights } from './assert-weights.js';
import { weightOf } from './weight-of.js';

/** How a direction is scaled; `filter` is the one of Li et al. that makes surfaces comparable. */
export type DirectionNorm = 'filter' | 'layer' | 'model' | 'weight' | 'dfilter' | 'dlayer' | 'none';

export interface NormalizeOptions {
  /**
   * With w the weights and d the direction: `filter` d·‖w‖/‖d‖ for each output filter, `layer` the same for each
   * tensor, `model` for all of them together, `weight` d·w, `dfilter` and `dlayer` d/‖d‖, `none` d. Default `filter`.
   */
  readonly norm?: DirectionNorm;
  /**
   * Tensors of one axis (biases, the scales and shifts of normalisation): `biasbn` gives them no direction (the
   * default); `none` takes the weights themselves as their direction, as Li et al. do (with `norm` `'none'` and `'model'` it keeps d).
   */
  readonly ignore?: 'biasbn' | 'none';
  /**
   * Axis of the output filters. Default the last; the one before for the kernels of transposed convolutions, which
   * are `[height, width, output, input]`: those larger than one pixel with `up` or `transpose` in their name.
   */
  readonly filterAxis?: (name: string, shape: readonly number[]) => number;
}

export interface RandomDirectionOptions extends NormalizeOptions {
  /** An integer. Default 0. */
  readonly seed?: number;
  /** Which parameters have a direction (`model.isTrainable`). Default all. */
  readonly isTrainable?: (name: string) => boolean;
}

const norms: readonly string[] = ['filter', 'layer', 'model', 'weight', 'dfilter', 'dlayer', 'none'];

const defaultFilterAxis = (name: string, shape: readonly number[]) => {
  const transposed = /(^|[._/-])up([._/-]|$)|transpose/i.test(name) && shape.length >= 4 && shape[0]! > 1;
  return shape.length - (transposed ? 2 : 1);
};

/**
 * Scales a direction like the weights, so that surfaces of networks of different scale can be compared.
 *
 * @param direction one tensor for each parameter that moves, shaped like it.
 * @param params the weights.
 * @param options the norm, and which parameters move.
 * @returns new tensors; the caller disposes them.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 * @see Li, Xu, Taylor, Studer, Goldstein, 2018. https://arxiv.org/abs/1712.09913
 */
export function normalizeDirection(
  direction: Params,
  params: Params,
  options: NormalizeOptions = {},
): Params {
  assertKnown('normalizeDirection', options, ['norm', 'ignore', 'filterAxis']);
  const { norm = 'filter', ignore = 'biasbn', filterAxis = defaultFilterAxis } = options;
  assertWeights('normalizeDirection', 'direction', direction);
  assertWeights('normalizeDirection', 'params', params);
  check('norm', norm, norms);
  check('ignore', ignore, ['biasbn', 'none']);
  const scaled: Params = {};
  const moving: [d: Tensor, w: Tensor][] = [];
  for (const [name, d] of Object.entries(direction)) {
    const w = weightOf(params, name);
    if (w === undefined || w.shape.join() !== d.shape.join())
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `normalizeDirection: '${name}' of the direction is [${d.shape}], of the parameters ${w === undefined ? 'missing' : `[${w.shape}]`}.`,
      );
    if (d.rank > 1 || ignore === 'none') moving.push([d, w]);
  }
  return tidy(() => {
    const whole = norm === 'model' ? lengthsOf(moving) : undefined;
    for (const [name, d] of Object.entries(direction))
      scaled[name] = scale(d, params[name]!, { norm, ignore, filter: filterAxis(name, d.shape), whole });
    return scaled;
  });
}

function check(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value))
    throw new SegscapeError(
      'BAD_OPTION',
      `direction: ${name} (='${value}') must be one of ${allowed.join(', ')}.`,
    );
}

/** ‖w‖/‖d‖ of several tensors together, rank 0; 0 where the direction is. */
function lengthsOf(pairs: readonly (readonly [d: Tensor, w: Tensor])[]): Tensor {
  const length = (all: readonly Tensor[]) =>
    sqrt(all.map((x): Tensor => sum(square(x))).reduce((a, b) => add(a, b), scalar(0)));
  return divNoNan(length(pairs.map(([, w]) => w)), length(pairs.map(([d]) => d)));
}

interface Scaling {
  readonly norm: DirectionNorm;
  readonly ignore: 'biasbn' | 'none';
  /** Axis of the filters. */
  readonly filter: number;
  /** Of `model`: what all tensors are multiplied with. */
  readonly whole: Tensor | undefined;
}

function scale(d: Tensor, w: Tensor, { norm, ignore, filter, whole }: Scaling): Tensor {
  if (d.rank <= 1 && ignore === 'biasbn') return zerosLike(d);
  if (whole !== undefined) return mul(d, whole);
  if (norm === 'none') return clone(d);
  if (d.rank <= 1) return clone(w);
  if (norm === 'weight') return mul(d, w);
  if (norm === 'layer') return mul(d, divNoNan(frobenius(w), frobenius(d)));
  if (norm === 'dlayer') return divNoNan(d, frobenius(d));
  const axes = d.shape.map((_, axis) => axis).filter((axis) => axis !== filter);
  if (axes.length === d.rank)
    throw new SegscapeError(
      'BAD_OPTION',
      `direction: filterAxis (=${filter}) must be an axis of [${d.shape}], counted from 0.`,
    );
  const length = (x: Tensor) => sqrt(sum(square(x), axes, true));
  const guarded = add(length(d), 1e-10);
  return norm === 'filter' ? mul(d, div(length(w), guarded)) : div(d, guarded);
}

/** The names of the options of random directions. */
export const randomDirectionOptions = optionNames<RandomDirectionOptions>({
  seed: true,
  isTrainable: true,
  norm: true,
  ignore: true,
  filterAxis: true,
});

/**
 * A random direction in weight space: Gaussian, scaled by `normalizeDirection`. Each parameter draws from its own
 * stream, so the same seed gives a layer the same direction in every network that has it.
 *
 * @param params the weights, borrowed: shapes, and lengths to scale to.
 * @param options the seed, the norm, and which parameters move.
 * @returns tensors for the trainable parameters; the caller disposes them.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function randomDirection(params: Params, options: RandomDirectionOptions = {}): Params {
  assertKnown('randomDirection', options, randomDirectionOptions);
  assertWeights('randomDirection', 'params', params);
  const { seed = 0, isTrainable = () => true, ...normalize } = options;
  const rng = random(seed);
  return tidy(() => {
    const drawn: Params = {};
    for (const [name, { shape, size, dtype }] of Object.entries(params)) {
      if (dtype !== 'float32' || !isTrainable(name)) continue;
      const stream = rng.fork(name);
      drawn[name] = tensor(
        Float32Array.from({ length: size }, () => stream.normal()),
        shape,
      );
    }
    return normalizeDirection(drawn, params, normalize);
  });
}
