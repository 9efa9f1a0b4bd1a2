import { either, flag, options, word } from '@segscape/core/schema';
import {
  abs,
  add,
  cast,
  where as choose,
  concat,
  cumsum,
  div,
  expandDims,
  fill,
  gather,
  greater,
  lessEqual,
  maximum,
  mul,
  onesLike,
  reshape,
  sign,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tensor2d,
  topk,
  transpose,
} from '@tensorflow/tfjs-core';
import { activate, withGradient } from '../class-planes/activation.js';
import { countedClasses } from '../class-planes/counted-classes.js';
import { readLabels } from '../class-planes/labels.js';
import { selectClasses } from '../class-planes/planes.js';
import { toPlaces } from '../class-planes/ranks.js';
import { ratio } from '../class-planes/reduce.js';
import { defineLoss } from '../define/define-loss.js';
import type { InputOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import type { Reduction } from '../loss.js';

export interface LovaszOptions extends InputOptions {
  /** Classes that count: those present in the truth, all of them, or these. Default `'present'`. */
  readonly classes?: 'present' | 'all' | readonly number[];
  /** One loss per image and then their mean, rather than one for the batch. Default false. */
  readonly perImage?: boolean;
  /** Errors of the softmax, of sigmoids, or the hinge of the logits. Default `'softmax'`, for one class `'hinge'`. */
  readonly activation?: 'softmax' | 'sigmoid' | 'hinge';
  /** `'none'` gives `[batch, classes]`, with one row unless `perImage`; absent classes are 0. Default `'mean'`. */
  readonly reduction?: Reduction;
}

export const lovaszSchema = options<LovaszOptions>({
  classes: either('Classes that count.', [{ type: 'string', enum: ['present', 'all'] }, shared.classes], {
    default: 'present',
  }),
  perImage: flag('One loss per image, then their mean.', { default: false }),
  activation: word('Errors of what; without it softmax, or hinge of one class.', [
    'softmax',
    'sigmoid',
    'hinge',
  ]),
  reduction: shared.reduction,
  ...shared.inputOptions,
});

/**
 * Gradient of the Lovász extension of the Jaccard loss at the given errors, one problem a row, place by place.
 *
 * In order of falling error, with G true pixels, F true and B false ones so far: a true pixel weighs
 * 1 / (G + B), a false one (G - F) / ((G + B)(G + B - 1)); these are the differences of 1 - (G - F)/(G + B)
 * without cancellation. With G = 0 the first pixel weighs 1 and the others nothing.
 */
function lovaszWeights({ errors, labels, valid, mirrored }: Problem): Tensor {
  const [rows, length] = errors.shape as [number, number];
  // Ignored pixels go last, where they change nothing.
  const sunk = valid ? choose(greater(valid, 0), errors, fill(errors.shape, -1e30)) : errors;
  const keys = mirrored ? slice(sunk, [0, 0], [rows / 2, length]) : sunk;
  const starts = tensor2d(
    Array.from({ length: rows }, (_, row) => row * length),
    [rows, 1],
    'int32',
  );
  const sorted = topk(keys, length, true).indices;
  const places = mirrored ? concat([sorted, sorted], 0) : sorted;
  const order = reshape(add(places, starts), [rows * length]) as Tensor1D;
  const t = reshape(gather(reshape(labels, [rows * length]), order), [rows, length]);
  const seen = cumsum(t, 1);
  const f = cumsum(sub(1, t), 1);
  const all = sum(labels, 1, true);
  const union = add(all, f);
  const denominator = mul(union, maximum(sub(union, 1), 1));
  const first = mul(cast(lessEqual(union, 1), 'float32'), cast(lessEqual(all, 0), 'float32'));
  const asFalse = add(div(sub(all, seen), denominator), first);
  const byRank = add(div(t, maximum(union, 1)), mul(sub(1, t), asFalse));
  const weights = reshape(toPlaces(reshape(byRank, [rows * length]), order, rows * length), [rows, length]);
  return valid ? mul(weights, valid) : weights;
}

/** One problem a row. */
interface Problem {
  readonly errors: Tensor;
  /** 1 where a pixel is of the class. */
  readonly labels: Tensor;
  readonly valid: Tensor | undefined;
  /** Whether the second half of the rows has the errors of the first, so that one order serves both. */
  readonly mirrored: boolean;
}

/** Lovász extension at each row of errors; the order of the errors has no gradient. */
const extension = ({ errors, ...problem }: Problem, hinge: boolean): Tensor =>
  withGradient(
    (e, save) => {
      const weights = lovaszWeights({ errors: e, ...problem });
      const active = hinge ? mul(weights, cast(greater(e, 0), 'float32')) : weights;
      save([active]);
      return sum(mul(e, active), 1);
    },
    (dy, [active]) => mul(expandDims(dy, 1), active as Tensor),
  )(errors);

/** |p - t|, for soft labels too; its slope is 0 where they are equal. */
const distance = (p: Tensor, t: Tensor): Tensor =>
  withGradient(
    (x, save) => {
      save([x, t]);
      return abs(sub(x, t));
    },
    (dy, [x, labels]) => mul(dy, sign(sub(x as Tensor, labels as Tensor))),
  )(p);

/**
 * Lovász-softmax loss, the convex surrogate of 1 - IoU; for one class the Lovász hinge.
 *
 * The mean runs over the classes that count, then over images where `perImage`; 0 when no class counts.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Berman, Rannen Triki, Blaschko, 2018. https://arxiv.org/abs/1705.08790
 */
export const lovasz = defineLoss('lovasz', lovaszSchema, (settings, where) => {
  const { classes = 'present', perImage = false, ignoreIndex, reduction = 'mean' } = settings;
  return {
    value: ({ labels }, logits) => {
      const { oneHotLabels, scores: raw, valid, hard } = readLabels(where, labels, logits, ignoreIndex);
      const count = logits.shape.at(-1) as number;
      const chosen = countedClasses(where, Array.isArray(classes) ? { classes } : {}, count);
      const activation = settings.activation ?? (count === 1 ? 'hinge' : 'softmax');
      const t = selectClasses(oneHotLabels, chosen);
      const scores = activation === 'hinge' ? raw : activate(raw, activation);
      const p = selectClasses(scores, chosen);
      const turn = sub(1, mul(t, 2));
      const miss = () => (hard ? add(t, mul(p, turn)) : distance(p, t));
      const signed = activation === 'hinge' ? add(1, mul(p, turn)) : miss();
      const errors = valid ? mul(signed, valid) : signed;

      const images = perImage ? (logits.shape[0] as number) : 1;
      const classCount = chosen.length;
      const pixels = errors.size / classCount / images;
      const toRows = (x: Tensor) => reshape(x, [classCount * images, pixels]);
      const counts = valid && toRows(mul(valid, onesLike(t)));
      // With |t_1 - p_1| = |t_0 - p_0| two classes are in one order.
      const mirrored = hard && activation === 'softmax' && count === 2 && classCount === 2;
      const problem = { errors: toRows(errors), labels: toRows(t), valid: counts, mirrored };
      const rows = extension(problem, activation === 'hinge');
      const losses = reshape(rows, [classCount, images]);
      const skip = classes === 'present' && activation !== 'hinge';
      const present = skip
        ? cast(greater(sum(reshape(t, [classCount, images, pixels]), 2), 0), 'float32')
        : onesLike(losses);
      const counted = mul(losses, present);
      if (reduction === 'none') return transpose(counted);
      if (reduction === 'sum') return sum(counted);
      return div(sum(ratio(sum(counted, 0), sum(present, 0))), images);
    },
  };
});
