import {
  broadcastTo,
  cast,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  reshape,
  type Tensor,
  tile,
  transpose,
  where,
} from '@tensorflow/tfjs-core';
import {
  channelsLast,
  inOrder,
  known,
  last,
  number,
  numbersOf,
  type Op,
  plain,
  refuse,
  required,
  shapeOf,
  text,
} from './value.js';

/** The shape that two broadcast to, by NumPy's rule. */
function commonShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const at = (shape: readonly number[], axis: number) => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => (at(a, axis) === 1 ? at(b, axis) : at(a, axis)));
}

const expanded: Op = (node, [x, to]) => {
  const value = required(node, x, 0);
  const shape = commonShape(shapeOf(value), numbersOf(node, to, 'shape'));
  if (value.kind === 'known' && value.values.length === 1) {
    const count = shape.reduce((all, length) => all * length, 1);
    return known(Array<number>(count).fill(value.values[0]!), shape, value.integer);
  }
  return plain(broadcastTo(inOrder(value), shape));
};

const tiled: Op = (node, [x, times]) =>
  plain(tile(inOrder(required(node, x, 0)), numbersOf(node, times, 'repeats')));

/** Whether each pair compares so; of shapes on the host, as 1 and 0. */
const compared =
  (compute: (a: Tensor, b: Tensor) => Tensor, host: (a: number, b: number) => boolean): Op =>
  (node, inputs) => {
    const [a, b] = [required(node, inputs[0], 0), required(node, inputs[1], 1)];
    if (a.kind !== 'known' || b.kind !== 'known') return plain(compute(inOrder(a), inOrder(b)));
    const longer = a.values.length >= b.values.length ? a : b;
    const at = (value: typeof a, i: number) => value.values[value.values.length === 1 ? 0 : i]!;
    return known(
      Array.from(longer.values, (_, i) => Number(host(at(a, i), at(b, i)))),
      longer.shape,
    );
  };

const chosen: Op = (node, inputs) => {
  const [condition, a, b] = [0, 1, 2].map((i) => required(node, inputs[i], i));
  const all = [condition!, a!, b!];
  if (all.every((value) => value.kind === 'known')) {
    const longest = all.reduce((most, value) =>
      shapeOf(value).length > shapeOf(most).length ? value : most,
    );
    const length = Math.max(...all.map((value) => value.values.length));
    const at = (value: (typeof all)[number], i: number) => value.values[value.values.length === 1 ? 0 : i]!;
    const values = Array.from({ length }, (_, i) => (at(all[0]!, i) ? at(all[1]!, i) : at(all[2]!, i)));
    return known(values, length === 1 ? shapeOf(longest) : [length], all[1]!.integer);
  }
  return plain(where(cast(inOrder(condition!), 'bool'), inOrder(a!), inOrder(b!)));
};

const counted: Op = (node, inputs) => {
  const [start, end, step] = [0, 1, 2].map((i) => numbersOf(node, inputs[i], 'bounds')[0]!) as [
    number,
    number,
    number,
  ];
  const length = Math.max(0, Math.ceil((end - start) / step));
  return known(
    Array.from({ length }, (_, i) => start + i * step),
    [length],
  );
};

/** Squares of `blocksize` pixels from channels, in the order that the mode says (PyTorch's `PixelShuffle`: CRD). */
const toSpace: Op = (node, [x]) => {
  const image = channelsLast(required(node, x, 0));
  const side = number(node, 'blocksize', 1);
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  const left = channels / side ** 2;
  const mode = text(node, 'mode', 'DCR');
  if (mode !== 'DCR' && mode !== 'CRD') throw refuse(node, `mode ${mode}`);
  const [apart, order] =
    mode === 'DCR'
      ? [
          [side, side, left],
          [0, 1, 3, 2, 4, 5],
        ]
      : [
          [left, side, side],
          [0, 1, 4, 2, 5, 3],
        ];
  const turned = transpose(reshape(image, [batch, height, width, ...apart]), order);
  return last(reshape(turned, [batch, height * side, width * side, left]));
};

const toDepth: Op = (node, [x]) => {
  const image = channelsLast(required(node, x, 0));
  const side = number(node, 'blocksize', 1);
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  const apart = reshape(image, [batch, height / side, side, width / side, side, channels]);
  return last(
    reshape(transpose(apart, [0, 1, 3, 2, 4, 5]), [batch, height / side, width / side, channels * side ** 2]),
  );
};

/** Values spread over more places, chosen between, and moved between channels and space. */
export const spreadingOps: Readonly<Record<string, Op>> = {
  Expand: expanded,
  Tile: tiled,
  Equal: compared(equal, (a, b) => a === b),
  Less: compared(less, (a, b) => a < b),
  LessOrEqual: compared(lessEqual, (a, b) => a <= b),
  Greater: compared(greater, (a, b) => a > b),
  GreaterOrEqual: compared(greaterEqual, (a, b) => a >= b),
  Where: chosen,
  Range: counted,
  DepthToSpace: toSpace,
  SpaceToDepth: toDepth,
};
