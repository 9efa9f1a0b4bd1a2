import { assertOption } from '@segscape/core';
import { mul, type Tensor } from '@tensorflow/tfjs-core';
import type { LossLabels } from '../loss.js';
import { type Activation, activate } from './activation.js';
import { type LabelPlanes, readLabels } from './labels.js';
import { selectClasses } from './planes.js';

/** Options of which classes count. */
export interface CountedOptions {
  /** With false, class 0 does not count. Default true. */
  readonly includeBackground?: boolean;
  /** The classes that count. Default: all, or all but 0 without `includeBackground`. */
  readonly classes?: readonly number[];
}

/** Classes that count, by index. */
export function countedClasses(
  where: string,
  { classes, includeBackground = true }: CountedOptions,
  count: number,
): readonly number[] {
  const all = Array.from({ length: count }, (_, c) => c);
  const chosen = classes ?? (includeBackground || count === 1 ? all : all.slice(1));
  assertOption(
    chosen.length > 0 && chosen.every((c) => Number.isInteger(c) && c >= 0 && c < count),
    where,
    'classes',
    chosen,
    `name classes of the ${count} there are`,
  );
  return chosen;
}

/** Labels and predictions of the classes that count, as class planes. */
export interface CountedPlanes extends Pick<LabelPlanes, 'oneHotLabels' | 'valid' | 'hard'> {
  readonly chosen: readonly number[];
  /** Labels of the chosen classes; 0 where ignored. */
  readonly t: Tensor;
  /** What the activation makes of the scores of the chosen classes; 0 where ignored. */
  readonly p: Tensor;
}

/** Reads labels and logits, and takes the classes that count. */
export function countedPlanes(
  where: string,
  { labels }: LossLabels,
  logits: Tensor,
  options: CountedOptions & { readonly activation?: Activation; readonly ignoreIndex?: number },
): CountedPlanes {
  const { scores, ...read } = readLabels(where, labels, logits, options.ignoreIndex);
  const chosen = countedClasses(where, options, logits.shape.at(-1) as number);
  const all = selectClasses(activate(scores, options.activation), chosen);
  return {
    ...read,
    chosen,
    t: selectClasses(read.oneHotLabels, chosen),
    p: read.valid ? mul(all, read.valid) : all,
  };
}
