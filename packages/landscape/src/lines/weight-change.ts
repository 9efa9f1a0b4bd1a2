import type { Params } from '@segscape/core';
import { assertKnown, SegscapeError } from '@segscape/core';
import { assertWeights } from '../directions/assert-weights.js';
import { weightOf } from '../directions/weight-of.js';

export interface WeightChangeOptions {
  /** The layer of a parameter. Default its name without the last word (`encoder.0.conv.0.kernel` → `encoder.0.conv.0`). */
  readonly layerOf?: (name: string) => string;
  /** Which parameters count. Default all. */
  readonly isTrainable?: (name: string) => boolean;
}

export interface LayerChange {
  readonly layer: string;
  /** Number of weights. */
  readonly size: number;
  /** Euclidean length of the weights before. */
  readonly length: number;
  /** Distance of the weights from where they were. */
  readonly change: number;
  /** `change / length`; infinite where the layer was 0. */
  readonly relative: number;
  /** Cosine of the angle between before and after; NaN where either is 0. */
  readonly cosine: number;
}

const withoutLastWord = (name: string): string => name.replace(/[./][^./]*$/, '');

/** How far each layer moved between two weights, in the order of the layers. */
export async function weightChange(
  from: Params,
  to: Params,
  options: WeightChangeOptions = {},
): Promise<LayerChange[]> {
  assertKnown('weightChange', options, ['layerOf', 'isTrainable']);
  const { layerOf = withoutLastWord, isTrainable = () => true } = options;
  assertWeights('weightChange', 'from', from);
  assertWeights('weightChange', 'to', to);
  const sums = new Map<
    string,
    { size: number; before: number; after: number; inner: number; moved: number }
  >();
  for (const [name, w] of Object.entries(from)) {
    if (w.dtype !== 'float32' || !isTrainable(name)) continue;
    const end = weightOf(to, name);
    if (end?.shape.join() !== w.shape.join())
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `weightChange: '${name}' is [${w.shape}] in from, ${end === undefined ? 'missing' : `[${end.shape}]`} in to.`,
      );
    const [a, b] = [await w.data(), await end.data()];
    const layer = layerOf(name);
    const sum = sums.get(layer) ?? { size: 0, before: 0, after: 0, inner: 0, moved: 0 };
    sum.size += a.length;
    for (let i = 0; i < a.length; i++) {
      sum.before += a[i]! ** 2;
      sum.after += b[i]! ** 2;
      sum.inner += a[i]! * b[i]!;
      sum.moved += (b[i]! - a[i]!) ** 2;
    }
    sums.set(layer, sum);
  }
  return [...sums].map(([layer, { size, before, after, inner, moved }]) => {
    const [length, change] = [Math.sqrt(before), Math.sqrt(moved)];
    const relative = change === 0 ? 0 : change / length;
    return { layer, size, length, change, relative, cosine: inner / Math.sqrt(before * after) };
  });
}
