import type { Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { floats, type Property, type Sample, side } from './sample.js';

const sides = (rank: number, max: number) => fc.array(side(max), { minLength: rank, maxLength: rank });

/** Explicit padding as TensorFlow.js writes it. */
type Explicit = [[number, number], [number, number], [number, number], [number, number]];
type Pad = 'same' | 'valid' | number | Explicit;

const explicit = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }).map(
  ([a, b, c, d]): Explicit => [
    [0, 0],
    [a!, b!],
    [c!, d!],
    [0, 0],
  ],
);
const simplePads: fc.Arbitrary<'same' | 'valid'> = fc.constantFrom('same', 'valid');
const pads = fc.oneof(simplePads, fc.integer({ min: 0, max: 2 }), explicit) as fc.Arbitrary<Pad>;

/** Whether at least one window lies inside, and every one holds a pixel. */
function fits(
  image: number[],
  filterSize: number[],
  strides: number[],
  pad: Pad,
  dilations = image.map(() => 1),
) {
  // TensorFlow.js pads by a number as if windows were square.
  if (typeof pad === 'number' && image.some((n) => n + 2 * pad < filterSize[0]! || pad >= filterSize[0]!))
    return false;
  return image.every((n, i) => {
    if (pad === 'same') return true;
    const around =
      typeof pad === 'number' ? [pad, pad] : pad === 'valid' ? [0, 0] : (pad[i + 1] as [number, number]);
    const whole = (filterSize[i]! - 1) * dilations[i]! + 1;
    return n + around[0]! + around[1]! >= whole && around.every((p) => p < whole) && strides[i]! >= 1;
  });
}

interface Window {
  image: number[];
  filterSize: number[];
  strides: number[];
  dilation: number;
  pad: Pad;
  batch: number;
  channels: number;
  outputs: number;
}

const windows = (rank: 2 | 3, pad: fc.Arbitrary<Pad>, largest = rank === 2 ? 8 : 4) =>
  fc
    .record({
      image: sides(rank, largest),
      filterSize: sides(rank, rank === 2 ? 4 : 3),
      strides: sides(rank, 3),
      dilation: fc.constantFrom(1, 1, 2),
      pad,
      batch: side(2),
      channels: side(4),
      outputs: side(4),
    })
    .map((w): Window => (w.strides.some((s) => s > 1) ? { ...w, dilation: 1 } : w))
    .filter((w) =>
      fits(
        w.image,
        w.filterSize,
        w.strides,
        w.pad,
        w.image.map(() => w.dilation),
      ),
    );

const two = (list: number[]) => list as [number, number];
const three = (list: number[]) => list as [number, number, number];

const withInputs = (
  label: string,
  shapes: number[][],
  sample: Pick<Sample, 'fn' | 'gradients'>,
): fc.Arbitrary<Sample> =>
  fc.tuple(...shapes.map((shape) => floats(shape))).map((inputs) => ({ label, inputs, ...sample }));

const conv2d = windows(2, pads).chain((w) => {
  const { image, filterSize, strides, dilation, pad, batch, channels, outputs } = w;
  return withInputs(
    JSON.stringify(w),
    [
      [batch, ...image, channels],
      [...filterSize, channels, outputs],
    ],
    {
      fn: (x, f) => tf.conv2d(x as Tensor4D, f as Tensor4D, two(strides), pad as 'same', 'NHWC', dilation),
      // TensorFlow.js has no gradients of dilated convolutions.
      gradients: dilation === 1 ? 2 : 0,
    },
  );
});

/** Square windows that tile the image; of many channels, so that the filter is larger than what it makes. */
const tiles = fc.record({
  side: fc.integer({ min: 2, max: 3 }),
  cells: sides(2, 2),
  batch: side(2),
  channels: side(9),
  outputs: side(4),
});

const tiled = tiles.chain(({ side, cells, batch, channels, outputs }) =>
  withInputs(
    JSON.stringify({ side, cells, batch, channels, outputs }),
    [
      [batch, cells[0]! * side, cells[1]! * side, channels],
      [side, side, channels, outputs],
    ],
    { fn: (x, f) => tf.conv2d(x as Tensor4D, f as Tensor4D, side, 'valid'), gradients: 2 },
  ),
);

const tiledTransposed = tiles.chain(({ side, cells, batch, channels, outputs }) =>
  withInputs(
    JSON.stringify({ side, cells, batch, channels, outputs }),
    [
      [batch, ...cells, channels],
      [side, side, outputs, channels],
    ],
    {
      fn: (x, f) =>
        tf.conv2dTranspose(
          x as Tensor4D,
          f as Tensor4D,
          [batch, cells[0]! * side, cells[1]! * side, outputs],
          side,
          'same',
        ),
      gradients: 2,
    },
  ),
);

const depthwise = windows(2, simplePads).chain((w) => {
  const { image, filterSize, strides, dilation, pad, batch, channels, outputs } = w;
  const stride = strides[0]!;
  return withInputs(
    JSON.stringify(w),
    [
      [batch, ...image, channels],
      [...filterSize, channels, Math.min(2, outputs)],
    ],
    {
      fn: (x, f) =>
        tf.depthwiseConv2d(
          x as Tensor4D,
          f as Tensor4D,
          stride,
          pad as 'same',
          'NHWC',
          stride > 1 ? 1 : dilation,
        ),
      gradients: 2,
    },
  );
});

const conv3d = windows(3, simplePads).chain((w) => {
  const { image, filterSize, strides, pad, batch, channels, outputs } = w;
  return withInputs(
    JSON.stringify(w),
    [
      [batch, ...image, channels],
      [...filterSize, channels, outputs],
    ],
    { fn: (x, f) => tf.conv3d(x as Tensor5D, f as Tensor5D, three(strides), pad as 'same'), gradients: 2 },
  );
});

/** The image is what a convolution of the result would give. */
const transposed = windows(2, simplePads, 6).chain((w) => {
  const { image, filterSize, strides, pad, batch, channels, outputs } = w;
  const small = image.map((n, i) =>
    pad === 'same' ? Math.ceil(n / strides[i]!) : Math.ceil((n - filterSize[i]! + 1) / strides[i]!),
  );
  return withInputs(
    JSON.stringify(w),
    [
      [batch, ...small, channels],
      [...filterSize, outputs, channels],
    ],
    {
      fn: (x, f) =>
        tf.conv2dTranspose(
          x as Tensor4D,
          f as Tensor4D,
          [batch, ...image, outputs] as [number, number, number, number],
          two(strides),
          pad as 'same',
        ),
      gradients: 2,
    },
  );
});

type Pool = (x: Tensor, filterSize: number[], strides: number[], pad: 'same') => Tensor;

const pool = (rank: 2 | 3, fn: Pool) =>
  windows(rank, (rank === 2 ? fc.oneof(simplePads, fc.constant(1)) : simplePads) as fc.Arbitrary<Pad>).chain(
    (w) => {
      const { image, pad, batch, channels } = w;
      const square = ([n]: number[]) => (pad === 1 ? image.map(() => n!) : undefined);
      const filterSize = square(w.filterSize) ?? w.filterSize;
      // Its own gradient of volumes fails where windows leave gaps.
      const most = rank === 3 ? filterSize : [3, 3];
      const strides = (square(w.strides) ?? w.strides).map((s, i) => Math.min(s, most[i]!));
      return withInputs(JSON.stringify(w), [[batch, ...image, channels]], {
        fn: (x) => fn(x!, filterSize, strides, pad as 'same'),
        gradients: 1,
      });
    },
  );

const resize = (
  fn: (x: Tensor4D, size: [number, number], align: boolean, half: boolean) => Tensor,
  gradients: (align: boolean, half: boolean) => boolean,
) =>
  fc
    .tuple(sides(2, 6), sides(2, 9), side(2), side(3), fc.constantFrom('plain', 'align', 'half'))
    .chain(([image, target, batch, channels, mode]) => {
      const [align, half] = [mode === 'align', mode === 'half'];
      return withInputs(
        JSON.stringify({ image, target, batch, channels, mode }),
        [[batch, ...image, channels]],
        {
          fn: (x) => fn(x as Tensor4D, two(target), align, half),
          gradients: Number(gradients(align, half)),
        },
      );
    });

/** Convolution, pooling and resizing over random windows. */
export const windowProperties: readonly Property[] = [
  ['conv2d', conv2d],
  ['conv2d over tiles', tiled],
  ['depthwiseConv2d', depthwise],
  ['conv3d', conv3d],
  ['conv2dTranspose', transposed],
  ['conv2dTranspose into tiles', tiledTransposed],
  ['maxPool', pool(2, (x, k, s, pad) => tf.maxPool(x as Tensor4D, two(k), two(s), pad))],
  ['avgPool', pool(2, (x, k, s, pad) => tf.avgPool(x as Tensor4D, two(k), two(s), pad))],
  ['maxPool3d', pool(3, (x, k, s, pad) => tf.maxPool3d(x as Tensor5D, three(k), three(s), pad))],
  ['avgPool3d', pool(3, (x, k, s, pad) => tf.avgPool3d(x as Tensor5D, three(k), three(s), pad))],
  ['resizeBilinear', resize(tf.image.resizeBilinear, (_, half) => !half)],
  ['resizeNearestNeighbor', resize(tf.image.resizeNearestNeighbor, (_, half) => !half)],
];
