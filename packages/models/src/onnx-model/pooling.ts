import {
  add,
  avgPool,
  avgPool3d,
  div,
  max,
  maximum,
  maxPool,
  maxPool3d,
  mean,
  onesLike,
  slice,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { everyNth } from './every-nth.js';
import type { OnnxNode } from './parse.js';
import { ceiled, framed, type Sides, type Sliding, sliding } from './sliding.js';
import { channelsLast, last, list, number, type Op, required, text, type Value } from './value.js';

type Two = [number, number];
type Three = [number, number, number];

function pooled(node: OnnxNode, x: Value | undefined): { image: Tensor; window: Sliding; sides: Sides } {
  const image = channelsLast(required(node, x, 0));
  const window = sliding(node, list(node, 'kernel_shape') ?? [], image.shape);
  const roundsUp = number(node, 'ceil_mode', 0) === 1 && text(node, 'auto_pad', 'NOTSET') === 'NOTSET';
  const sides = roundsUp ? ceiled(window, image.shape) : window.sides;
  return { image, window, sides };
}

/** Every place in a window with steps between its values: what the windows have there, `[batch, …outputs, channels]` each. */
function places(whole: Tensor, { size, strides, dilations }: Sliding): Tensor[] {
  let parts: Tensor[] = [whole];
  for (const [i, length] of size.entries()) {
    const axis = i + 1;
    const reach = (length - 1) * dilations[i]! + 1;
    const outputs = Math.floor((whole.shape[axis]! - reach) / strides[i]!) + 1;
    const span = (outputs - 1) * strides[i]! + 1;
    parts = parts.flatMap((part) =>
      Array.from({ length }, (_, place) => {
        const begin = part.shape.map((_length, at) => (at === axis ? place * dilations[i]! : 0));
        const lengths = part.shape.map((all, at) => (at === axis ? span : all));
        return everyNth(slice(part, begin, lengths), strides[i]!, axis);
      }),
    );
  }
  return parts;
}

const isDilated = ({ dilations }: Sliding) => dilations.some((step) => step !== 1);

/** Below any value of a picture. */
const lowest = -3e38;

const largest: Op = (node, [x]) => {
  const { image, window, sides } = pooled(node, x);
  const { size, strides } = window;
  const whole = framed(image, sides, lowest);
  if (isDilated(window)) return last(places(whole, window).reduce((a, b) => maximum(a, b)));
  return last(
    whole.rank === 4
      ? maxPool(whole as Tensor4D, [...size] as Two, [...strides] as Two, 'valid')
      : maxPool3d(whole as Tensor5D, [...size] as Three, [...strides] as Three, 'valid'),
  );
};

const average: Op = (node, [x]) => {
  const { image, window, sides } = pooled(node, x);
  const { size, strides } = window;
  const pool = (t: Tensor): Tensor => {
    if (isDilated(window)) {
      const parts = places(t, window);
      return div(
        parts.reduce((a, b) => add(a, b)),
        parts.length,
      );
    }
    return t.rank === 4
      ? avgPool(t as Tensor4D, [...size] as Two, [...strides] as Two, 'valid')
      : avgPool3d(t as Tensor5D, [...size] as Three, [...strides] as Three, 'valid');
  };
  const sums = pool(framed(image, sides));
  if (sides.flat().every((side) => side === 0)) return last(sums);
  // The share of each window that counts: of the image, or of the image with its declared sides.
  const padsCount = number(node, 'count_include_pad', 0) === 1;
  const counted = padsCount ? framed(onesLike(image), window.sides, 1) : onesLike(image);
  const rest = padsCount
    ? sides.map(([before, after], i) => [before - window.sides[i]![0], after - window.sides[i]![1]] as const)
    : sides;
  return last(div(sums, pool(framed(counted, rest))));
};

/** All axes of space, of images that lie channels last. */
const space = ({ rank }: Tensor): number[] => Array.from({ length: rank - 2 }, (_, axis) => axis + 1);

const globalAverage: Op = (node, [x]) => {
  const image = channelsLast(required(node, x, 0));
  return last(mean(image, space(image), true));
};

const globalLargest: Op = (node, [x]) => {
  const image = channelsLast(required(node, x, 0));
  return last(max(image, space(image), true));
};

export const poolingOps: Readonly<Record<string, Op>> = {
  MaxPool: largest,
  AveragePool: average,
  GlobalAveragePool: globalAverage,
  GlobalMaxPool: globalLargest,
};
