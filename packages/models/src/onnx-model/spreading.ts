import {
  broadcastTo,
  cast,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  reshape,
  type Tensor,
  tile,
  transpose,
  where,
} from '@tensorflow/tfjs-core';
import { commonShape, spreadKnown, zippedKnown } from './known-arrays.js';
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
  type Value,
} from './value.js';

const expanded: Op = (node, [x, to]) => {
  const value = required(node, x, 0);
  const shape = commonShape(shapeOf(value), numbersOf(node, to, 'shape'));
  const spread = value.kind === 'known' ? spreadKnown(value, shape) : undefined;
  if (spread) return spread;
  return plain(broadcastTo(inOrder(value), shape));
};

const tiled: Op = (node, [x, times]) =>
  plain(tile(inOrder(required(node, x, 0)), numbersOf(node, times, 'repeats')));

/** Whether each pair compares so; of shapes on the host, as 1 and 0. */
const compared =
  (compute: (a: Tensor, b: Tensor) => Tensor, host: (a: number, b: number) => boolean): Op =>
  (node, inputs) => {
    const [a, b] = [required(node, inputs[0], 0), required(node, inputs[1], 1)];
    const zipped =
      a.kind === 'known' && b.kind === 'known'
        ? zippedKnown([a, b], ([x, y]) => Number(host(x!, y!)), true)
        : undefined;
    return zipped ?? plain(compute(inOrder(a), inOrder(b)));
  };

const chosen: Op = (node, inputs) => {
  const [condition, a, b] = [0, 1, 2].map((i) => required(node, inputs[i], i)) as [Value, Value, Value];
  if (condition.kind === 'known' && a.kind === 'known' && b.kind === 'known') {
    const zipped = zippedKnown([condition, a, b], ([test, yes, no]) => (test ? yes! : no!), a.integer);
    if (zipped) return zipped;
  }
  return plain(where(cast(inOrder(condition), 'bool'), inOrder(a), inOrder(b)));
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
    inputs.every((value) => value?.kind === 'known' && value.integer),
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
  And: compared(
    (a, b) => logicalAnd(cast(a, 'bool'), cast(b, 'bool')),
    (a, b) => a !== 0 && b !== 0,
  ),
  Or: compared(
    (a, b) => logicalOr(cast(a, 'bool'), cast(b, 'bool')),
    (a, b) => a !== 0 || b !== 0,
  ),
  Not: (node, [x]) => {
    const value = required(node, x, 0);
    if (value.kind === 'tensor') return { ...value, tensor: logicalNot(cast(value.tensor, 'bool')) };
    return known(
      Array.from(value.values, (each) => Number(each === 0)),
      value.shape,
    );
  },
  Where: chosen,
  Range: counted,
  DepthToSpace: toSpace,
  SpaceToDepth: toDepth,
};
