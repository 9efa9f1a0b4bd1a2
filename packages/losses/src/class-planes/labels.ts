import { SegscapeError } from '@segscape/core';
import {
  cast,
  concat,
  equal,
  expandDims,
  less,
  min,
  mul,
  notEqual,
  reshape,
  scalar,
  where as select,
  slice,
  sub,
  type Tensor,
  tensor1d,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { toPlanes } from './planes.js';

/** Labels and scores brought to one form: class planes. */
export interface LabelPlanes {
  /** One-hot or soft, float32 `[classes, batch, pixels]`; zero where ignored. */
  readonly oneHotLabels: Tensor;
  /** Logits, `[classes, batch, pixels]`; zero where ignored, so that an infinite one there has no say. */
  readonly scores: Tensor;
  /** 1 where a pixel counts and 0 where it is ignored, `[batch, pixels]`; absent when all count. */
  readonly valid?: Tensor;
  /** Whether every entry is 0 or 1 for certain, because the labels were indices. */
  readonly hard: boolean;
  /** Those indices, int32 `[batch, pixels]`. */
  readonly indices?: Tensor;
}

/** Plane of one class, `[batch, pixels]`: from the indices where there are some, which is less work than all planes. */
export function classPlane(
  { oneHotLabels, indices, valid }: Omit<LabelPlanes, 'scores' | 'hard'>,
  c: number,
): Tensor {
  if (indices === undefined) {
    const [, batch, pixels] = oneHotLabels.shape as [number, number, number];
    return reshape(slice(oneHotLabels, [c, 0, 0], [1, batch, pixels]), [batch, pixels]);
  }
  // Of the labels' own type: compared with a float, all of them would be cast to floats first.
  const plane = cast(equal(indices, scalar(c, 'int32')), 'float32');
  return valid ? mul(plane, valid) : plane;
}

const mismatch = (where: string, labels: Tensor, logits: Tensor) => {
  const space = logits.shape.slice(0, -1).join(', ');
  const classes = logits.shape.at(-1);
  return new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: expected labels [${space}] of class indices or one-hot [${space}, ${classes}] for logits ` +
      `[${logits.shape.join(', ')}], got [${labels.shape.join(', ')}]. Crop or resize the labels to the logits.`,
    { details: { labels: labels.shape, logits: logits.shape } },
  );
};

/** @throws {SegscapeError} `SHAPE_MISMATCH` for logits that have no axis of classes, or no pixel. */
function assertLogits(where: string, { shape }: Tensor): void {
  if (shape.length >= 2 && !shape.includes(0)) return;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: expected logits [batch, …space, classes] of at least one pixel, got [${shape.join(', ')}].`,
    { details: { logits: shape } },
  );
}

/**
 * How labels of a shape are read beside logits of another: as class indices or as shares of the classes (one-hot, soft,
 * binary); undefined when they do not fit.
 */
export function labelForm(
  labels: readonly number[],
  logits: readonly number[],
): 'indices' | 'shares' | undefined {
  const classes = logits.at(-1);
  const sameRank = labels.length === logits.length;
  const space = sameRank ? labels.slice(0, -1) : labels;
  const fits = space.length === logits.length - 1 && space.every((size, axis) => size === logits[axis]);
  if (logits.length < 2 || !fits) return undefined;
  if (!sameRank) return 'indices';
  if (labels.at(-1) === classes) return 'shares';
  return labels.at(-1) === 1 ? 'indices' : undefined;
}

/**
 * Labels as one-hot planes, told apart by rank: the rank of the logits means one-hot (or soft, or binary
 * when there is one class), one less means indices; a last axis of 1 beside several classes means indices too.
 *
 * @param where the loss, for errors.
 * @param labels class indices `[batch, …space]`, or planes `[batch, …space, classes]` of 0 and 1.
 * @param logits `[batch, …space, classes]`.
 * @param ignoreIndex label of pixels that count nowhere.
 * @returns the labels as planes, and which pixels count.
 */
export function readLabels(where: string, labels: Tensor, logits: Tensor, ignoreIndex?: number): LabelPlanes {
  assertLogits(where, logits);
  const classes = logits.shape.at(-1) as number;
  const form = labelForm(labels.shape, logits.shape);
  if (form === undefined) throw mismatch(where, labels, logits);
  const given = toPlanes(logits);
  if (form === 'shares') {
    const read = oneHotTarget(labels, classes, ignoreIndex);
    return { ...read, scores: scoresWhere(read.valid, given), hard: false };
  }

  const indices = cast(reshape(labels, given.shape.slice(1)), 'int32');
  const valid =
    ignoreIndex === undefined ? undefined : cast(notEqual(indices, scalar(ignoreIndex, 'int32')), 'float32');
  const whole = classes === 1 ? cast(expandDims(indices, 0), 'float32') : indicators(indices, classes);
  // An index outside the classes has an empty one-hot already.
  const inside =
    valid && (classes === 1 || ((ignoreIndex as number) >= 0 && (ignoreIndex as number) < classes));
  const oneHotLabels = inside ? mul(whole, valid) : whole;
  const named = classes > 1 && { indices };
  return { oneHotLabels, scores: scoresWhere(valid, given), hard: true, ...named, ...(valid && { valid }) };
}

/** By choice and not by a product, in which 0 times an infinite score is NaN. */
const scoresWhere = (valid: Tensor | undefined, scores: Tensor): Tensor =>
  valid === undefined ? scores : select(cast(valid, 'bool'), scores, zerosLike(scores));

/** One-hot planes, by comparison: cheaper than the engine's `oneHot` where classes come first. */
function indicators(indices: Tensor, classes: number): Tensor {
  const names = tensor1d(
    Array.from({ length: classes }, (_, c) => c),
    'int32',
  );
  return cast(equal(expandDims(indices, 0), reshape(names, [classes, 1, 1])), 'float32');
}

function oneHotTarget(
  labels: Tensor,
  classes: number,
  ignoreIndex: number | undefined,
): Pick<LabelPlanes, 'oneHotLabels' | 'valid'> {
  const oneHotLabels = toPlanes(cast(labels, 'float32'));
  if (ignoreIndex === undefined) return { oneHotLabels };
  // The value that stands for "ignored" may be a class: then its pixels are those that are wholly of it.
  if (classes > 1 && ignoreIndex >= 0 && ignoreIndex < classes) {
    const others = cast(less(classPlane({ oneHotLabels }, ignoreIndex), 1), 'float32');
    return { oneHotLabels: mul(oneHotLabels, others), valid: others };
  }
  const each = cast(notEqual(oneHotLabels, ignoreIndex), 'float32');
  const valid = classes === 1 ? reshape(each, each.shape.slice(1)) : min(each, 0);
  return { oneHotLabels: mul(oneHotLabels, valid), valid };
}

/** Labels and scores for the losses over classes that exclude each other: one logit x becomes the two `[0, x]`. */
export function readClasses(
  where: string,
  labels: Tensor,
  logits: Tensor,
  ignoreIndex?: number,
): LabelPlanes {
  const read = readLabels(where, labels, logits, ignoreIndex);
  if (logits.shape.at(-1) !== 1) return read;
  const { oneHotLabels, scores, valid } = read;
  return {
    ...read,
    oneHotLabels: concat(
      [valid === undefined ? sub(1, oneHotLabels) : sub(valid, oneHotLabels), oneHotLabels],
      0,
    ),
    scores: concat([zerosLike(scores), scores], 0),
  };
}
