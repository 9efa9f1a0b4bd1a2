import * as tf from '@tensorflow/tfjs-core';
import { type Case, noise } from './case.js';

const image = (t: tf.Tensor | undefined) => t as tf.Tensor4D;
const volume = (t: tf.Tensor | undefined) => t as tf.Tensor5D;

type Pad = 'same' | 'valid' | number;

const planes: [number[], number[], number | [number, number], Pad, number][] = [
  [[2, 5, 6, 2], [3, 3, 2, 3], 1, 'same', 1],
  [[1, 7, 6, 2], [3, 2, 2, 2], 2, 'same', 1],
  [[1, 7, 6, 2], [3, 3, 2, 2], [2, 1], 'valid', 1],
  [[2, 4, 4, 3], [1, 1, 3, 2], 1, 'valid', 1],
  [[1, 8, 7, 1], [3, 3, 1, 2], 3, 1, 1],
  [[1, 7, 8, 2], [3, 2, 2, 2], 1, 'same', 2],
  [[1, 7, 8, 2], [3, 3, 2, 2], 1, 'valid', 3],
];

const conv2d = planes.map(
  ([x, w, strides, pad, dilation]): Case => [
    `conv2d of [${x}] with [${w}], strides ${strides}, pad ${pad}, dilation ${dilation}`,
    (a, b) => tf.conv2d(image(a), image(b), strides, pad, 'NHWC', dilation),
    () => [noise(x), noise(w, 3)],
  ],
);

const networks: Case[] = [
  [
    'a convolution, a sigmoid and a squared error',
    (w) => tf.squaredDifference(tf.sigmoid(tf.conv2d(image(noise([1, 6, 6, 1])), image(w), 1, 'same')), 0.3),
    () => [noise([3, 3, 1, 2])],
  ],
  [
    'a small network',
    (x, first, second) => {
      const features = tf.maxPool(tf.elu(tf.conv2d(image(x), image(first), 1, 'same')), 2, 2, 'valid');
      const up = tf.conv2dTranspose(features, image(second), [1, 6, 6, 2], 2, 'same');
      return tf.logSoftmax(tf.concat([up, image(x)], 3));
    },
    () => [noise([1, 6, 6, 1]), noise([3, 3, 1, 3], 3), noise([2, 2, 2, 3], 5)],
  ],
  [
    'fused conv2d with a bias and an activation',
    (x, filter, bias) =>
      tf.fused.conv2d({
        x: image(x),
        filter: image(filter),
        bias: bias!,
        strides: 1,
        pad: 'same',
        activation: 'sigmoid',
      }),
    () => [noise([1, 4, 4, 2]), noise([3, 3, 2, 2], 3), noise([2], 5)],
  ],
  [
    'conv1d, dilation 2',
    (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'same', 'NWC', 2),
    () => [noise([2, 8, 2]), noise([3, 2, 3], 3)],
  ],
  [
    'depthwiseConv2d, dilation 2 along one axis and 3 along the other',
    (x, w) => tf.depthwiseConv2d(image(x), image(w), 1, 'valid', 'NHWC', [2, 3]),
    () => [noise([1, 7, 9, 2]), noise([3, 3, 2, 2], 3)],
  ],
  [
    'separableConv2d, dilation 2',
    (x, depthwise, pointwise) =>
      tf.separableConv2d(image(x), image(depthwise), image(pointwise), 1, 'same', 2),
    () => [noise([1, 7, 6, 2]), noise([3, 3, 2, 2], 3), noise([1, 1, 4, 3], 5)],
  ],
  [
    'average pooling with holes',
    (x) => tf.square(tf.pool(image(x), 2, 'avg', 'same', 2)),
    () => [noise([1, 6, 6, 2])],
  ],
  [
    'separableConv2d',
    (x, depthwise, pointwise) => tf.separableConv2d(image(x), image(depthwise), image(pointwise), 1, 'same'),
    () => [noise([1, 5, 4, 2]), noise([3, 3, 2, 2], 3), noise([1, 1, 4, 3], 5)],
  ],
];

const transposes: [number[], number, 'same' | 'valid'][] = [
  [[2, 2, 3, 2], 2, 'same'],
  [[3, 3, 3, 2], 1, 'same'],
  [[3, 3, 3, 2], 2, 'valid'],
];

const conv2dTranspose = transposes.map(([w, stride, pad]): Case => {
  const size = pad === 'same' ? 4 * stride : 3 * stride + 3;
  return [
    `conv2dTranspose with [${w}], stride ${stride}, ${pad}`,
    (x, filter) => tf.conv2dTranspose(image(x), image(filter), [1, size, size, 3], stride, pad),
    () => [noise([1, 4, 4, 2]), noise(w, 3)],
  ];
});

const volumes: [number[], number[], number | [number, number, number], 'same' | 'valid', number][] = [
  [[1, 4, 4, 3, 2], [3, 3, 2, 2, 2], 1, 'same', 1],
  [[1, 5, 4, 4, 1], [2, 2, 2, 1, 2], 2, 'valid', 1],
  [[1, 5, 4, 4, 1], [3, 1, 2, 1, 2], [2, 1, 1], 'same', 1],
  [[1, 6, 5, 5, 1], [2, 2, 2, 1, 2], 1, 'same', 2],
];

const conv3d: Case[] = [
  ...volumes.map(
    ([x, w, strides, pad, dilation]): Case => [
      `conv3d of [${x}] with [${w}], strides ${strides}, ${pad}, dilation ${dilation}`,
      (a, b) => tf.conv3d(volume(a), volume(b), strides, pad, 'NDHWC', dilation),
      () => [noise(x), noise(w, 3)],
    ],
  ),
  [
    'conv3dTranspose',
    (x, w) => tf.conv3dTranspose(volume(x), volume(w), [1, 4, 4, 4, 2], 2, 'same'),
    () => [noise([1, 2, 2, 2, 2]), noise([2, 2, 2, 2, 2], 3)],
  ],
];

const perChannel: [number[], number[], number | [number, number], Pad, number][] = [
  [[2, 5, 6, 2], [3, 3, 2, 2], 1, 'same', 1],
  [[1, 7, 7, 3], [3, 3, 3, 1], 2, 'valid', 1],
  [[1, 7, 6, 2], [3, 2, 2, 1], 1, 'same', 2],
];

const depthwise = perChannel.map(
  ([x, w, strides, pad, dilation]): Case => [
    `depthwiseConv2d of [${x}] with [${w}], strides ${strides}, pad ${pad}, dilation ${dilation}`,
    (a, b) => tf.depthwiseConv2d(image(a), image(b), strides, pad, 'NHWC', dilation),
    () => [noise(x), noise(w, 3)],
  ],
);

const windows: [number | [number, number], number | [number, number], Pad][] = [
  [2, 2, 'valid'],
  [2, 2, 'same'],
  [3, 1, 'same'],
  [3, 2, 'same'],
  [[1, 3], 1, 'same'],
  [[3, 2], [2, 3], 'valid'],
  [3, 2, 1],
  [2, 3, 'valid'],
];

const boxes: [number | [number, number, number], number | [number, number, number], 'same' | 'valid'][] = [
  [2, 2, 'valid'],
  [3, 1, 'same'],
  [[3, 1, 1], 1, 'same'],
  [[1, 2, 3], [1, 2, 2], 'same'],
];

const pooling = (['max', 'avg'] as const).flatMap((kind) => {
  const plane = kind === 'max' ? tf.maxPool : tf.avgPool;
  const space = kind === 'max' ? tf.maxPool3d : tf.avgPool3d;
  return [
    ...windows.map(
      ([size, strides, pad]): Case => [
        `${kind} pooling ${size}, strides ${strides}, pad ${pad}`,
        (x) => plane(image(x), size, strides, pad),
        () => [noise([2, 7, 6, 2])],
      ],
    ),
    ...boxes.map(
      ([size, strides, pad]): Case => [
        `3-D ${kind} pooling ${size}, strides ${strides}, ${pad}`,
        (x) => space(volume(x), size, strides, pad),
        () => [noise([1, 4, 5, 4, 2])],
      ],
    ),
  ];
});

/** As many windows as begin in the image, the last of which leave it. */
const roundedUp = (
  [
    ['max', tf.maxPool],
    ['avg', tf.avgPool],
  ] as const
).map(
  ([kind, pool]): Case => [
    `${kind} pooling 3, strides 2, pad 1, rounded up`,
    (x) => pool(image(x), 3, 2, 1, 'ceil'),
    () => [noise([2, 6, 5, 2])],
  ],
);

/** Windows side by side that hold nothing above zero. */
const belowZero: Case[] = [
  [
    'max pooling below zero',
    (x) => tf.maxPool(image(x), 2, 2, 'valid'),
    () => [tf.sub(noise([2, 6, 4, 3]), 2)],
  ],
  [
    '3-D max pooling below zero',
    (x) => tf.maxPool3d(volume(x), 2, 2, 'valid'),
    () => [tf.sub(noise([2, 4, 4, 2, 3]), 2)],
  ],
];

const sizes: [number, number][] = [
  [8, 6],
  [5, 7],
  [2, 3],
  [1, 1],
  [4, 9],
  [1, 6],
];

const placings = [
  ['', false, false],
  [', corners aligned', true, false],
  [', half pixels', false, true],
] as const;

const resizing = (['bilinear', 'nearest'] as const).flatMap((kind) => {
  const resize = kind === 'bilinear' ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
  return sizes.flatMap((size) =>
    placings.map(
      ([how, align, half]): Case => [
        `resize 4×3 to ${size.join('×')}, ${kind}${how}`,
        (x) => resize(image(x), [...size], align, half),
        () => [noise([2, 4, 3, 2])],
      ],
    ),
  );
});

export const images: readonly Case[] = [
  ...conv2d,
  ...networks,
  ...conv2dTranspose,
  ...conv3d,
  ...depthwise,
  ...pooling,
  ...roundedUp,
  ...belowZero,
  ...resizing,
];
