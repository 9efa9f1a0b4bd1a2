import { isSegscapeError } from '@segscape/core';
import { type LossFn, readLabels } from '@segscape/losses';
import {
  div,
  mean,
  mul,
  notEqual,
  onesLike,
  reshape,
  type Scalar,
  where as select,
  slice,
  sum,
  type Tensor,
  tidy,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { makeLoss, type StudyRegistry } from './kinds/registry.js';
import type { NamedLoss } from './named-losses.js';

/** What a part of a loss takes. */
type Labels = Parameters<LossFn>[0];
type Part = (labels: Labels, logits: Tensor) => Scalar;

interface Classes {
  readonly classes: readonly string[];
  readonly ignoreIndex: number | undefined;
  readonly overlapping: boolean;
}

/** What the pixels of a class add to a loss that is a sum over pixels. */
const ofPixels =
  (loss: LossFn, c: number, ignoreIndex: number | undefined): Part =>
  (labels, logits) =>
    tidy(() => {
      const map = loss.map(labels, logits);
      const given = 'labels' in labels ? (labels.labels as Tensor) : (labels as Tensor);
      const { oneHotLabels } = readLabels('classLosses', given, logits, ignoreIndex);
      const own = slice(oneHotLabels, [c, 0, 0], [1, -1, -1]);
      const all = sum(map);
      const there = notEqual(all, 0);
      const share = div(sum(mul(reshape(map, own.shape), own)), select(there, all, onesLike(all)));
      return mul(loss(labels, logits), select(there, share, zerosLike(share))) as Scalar;
    });

/** What a class adds to a loss of which each class has a value of its own: its last axis. */
const ofColumn =
  (loss: LossFn, column: number, columns: number, asSum: boolean): Part =>
  (labels, logits) =>
    tidy(() => {
      const values = reshape(loss(labels, logits), [-1, columns]);
      const own = slice(values, [0, column], [-1, 1]);
      return (asSum ? sum(own) : div(mean(own), columns)) as Scalar;
    });

/** How many values a loss without reduction has for each sample; undefined where it has no such form. */
function columnsOf(loss: LossFn, classes: number): number | undefined {
  return tidy(() => {
    try {
      const labels = zeros([1, 4, 4], 'int32');
      return loss(labels, zeros([1, 4, 4, classes])).shape.at(-1);
    } catch (error) {
      if (isSegscapeError(error)) return undefined;
      throw error;
    }
  });
}

/**
 * What each class adds to a loss, by the names of the classes; together they are the loss. None for a loss that does not fall
 * apart so: of borders, of whole images, of sums of unlike terms.
 */
export function classLosses(
  { loss, options }: Pick<NamedLoss, 'loss' | 'options'>,
  registry: StudyRegistry,
  { classes, ignoreIndex, overlapping }: Classes,
): Readonly<Record<string, Part>> {
  const named = (partOf: (c: number) => Part | undefined) =>
    Object.fromEntries(
      classes.flatMap((name, c) => {
        const part = partOf(c);
        return part === undefined ? [] : [[name, part] as const];
      }),
    );
  if (loss.prepare !== undefined || classes.length < 2) return {};
  if (loss.pixelwise) return overlapping ? {} : named((c) => ofPixels(loss, c, ignoreIndex));
  const { reduction = 'mean', ...rest } = options;
  if (reduction !== 'mean' && reduction !== 'sum') return {};
  let apart: LossFn;
  try {
    apart = makeLoss(registry, { ...rest, kind: options.kind, reduction: 'none' }, ignoreIndex);
  } catch (error) {
    // It has no such option.
    if (isSegscapeError(error)) return {};
    throw error;
  }
  const columns = columnsOf(apart, classes.length);
  // Without the background, classes begin at the second.
  const first = columns === classes.length ? 0 : columns === classes.length - 1 ? 1 : undefined;
  if (columns === undefined || first === undefined) return {};
  return named((c) => (c < first ? undefined : ofColumn(apart, c - first, columns, reduction === 'sum')));
}
