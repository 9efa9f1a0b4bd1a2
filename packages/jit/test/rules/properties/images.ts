import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { first, floats, type Input, type Property, type Sample, side } from './sample.js';

const methods = fc.constantFrom('nearest' as const, 'bilinear' as const);
const eighths = (low: number, high: number) => fc.integer({ min: low * 8, max: high * 8 }).map((n) => n / 8);
const given = (shape: number[], values: number[], dtype: 'float32' | 'int32' = 'float32'): Input => ({
  shape,
  seed: 0,
  dtype,
  values,
});

/** Affine maps and projections, of numbers that single precision has exactly. */
const projections = fc
  .tuple(
    fc.array(eighths(-2, 2), { minLength: 6, maxLength: 6 }),
    fc.constantFrom([0, 0], [0.25, 0], [0, -0.5], [-0.5, -0.5]),
  )
  .map(([affine, projective]) => [
    ...affine.slice(0, 2),
    affine[2]! * 4,
    ...affine.slice(3, 5),
    affine[5]! * 4,
    ...projective,
  ]);

/** The cpu backend transforms the first image alone. */
const eachImage = (fn: (image: Tensor4D, transforms: Tensor2D) => Tensor) => (x?: Tensor, t?: Tensor) =>
  tf.concat(
    tf.split(x!, x!.shape[0]!).map((image, i) => {
      const own = t!.shape[0] === 1 ? t! : tf.slice(t!, [i, 0], [1, 8]);
      return fn(image as Tensor4D, own as Tensor2D);
    }),
  );

const transform = (mode: 'constant' | 'reflect' | 'wrap' | 'nearest') =>
  fc
    .tuple(
      side(5),
      side(5),
      fc.boolean(),
      projections,
      projections,
      methods,
      fc.option(fc.tuple(side(6), side(6))),
    )
    .chain(([h, w, shared, one, two, method, size]) =>
      floats([2, h, w, 2]).map((image): Sample => {
        const fn = (x: Tensor4D, t: Tensor2D) =>
          tf.image.transform(x, t, method, mode, 1.5, size ?? (undefined as never));
        const transforms = shared ? given([1, 8], one) : given([2, 8], [...one, ...two]);
        return {
          label: JSON.stringify({ h, w, method, size }),
          inputs: [image, transforms],
          fn: (x, t) => fn(first(x!) as Tensor4D, t as Tensor2D),
          eager: eachImage(fn),
        };
      }),
    );

const cropAndResize = fc
  .tuple(
    side(6),
    side(6),
    fc.array(eighths(-0.25, 1.25), { minLength: 12, maxLength: 12 }),
    fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 3, maxLength: 3 }),
    fc.tuple(side(5), side(5)),
    methods,
  )
  .chain(([h, w, boxes, which, size, method]) =>
    floats([2, h, w, 2]).map(
      (image): Sample => ({
        label: JSON.stringify({ h, w, size, method }),
        inputs: [image, given([3, 4], boxes), given([3], which, 'int32')],
        fn: (x, b, i) =>
          tf.image.cropAndResize(first(x!) as Tensor4D, b as Tensor2D, i as Tensor1D, size, method, 0.5),
      }),
    ),
  );

const rotate = fc
  .tuple(
    side(6),
    side(6),
    fc.constantFrom(1, 3, 4),
    fc.double({ min: -4, max: 4, noNaN: true }),
    fc.oneof(fc.constant(0.5), fc.tuple(eighths(0, 1), eighths(0, 1))),
    fc.constantFrom<number | [number, number, number]>(0.25, [1, 2, 3]),
  )
  .chain(([h, w, channels, radians, center, fill]) =>
    floats([2, h, w, channels]).map(
      (image): Sample => ({
        label: JSON.stringify({ h, w, radians, center, fill }),
        inputs: [image],
        fn: (x) => tf.image.rotateWithOffset(x as Tensor4D, radians, channels === 1 ? 0.25 : fill, center),
      }),
    ),
  );

const flip = floats([2, 3, 4, 2]).map(
  (image): Sample => ({
    label: 'flipLeftRight',
    inputs: [image],
    fn: (x) => tf.image.flipLeftRight(first(x!) as Tensor4D),
  }),
);

/** Structuring elements off the grid of the image, so that sums are equal only where both are. */
const dilation = fc
  .tuple(
    side(6),
    side(6),
    side(3),
    side(3),
    fc.constantFrom('same' as const, 'valid' as const),
    side(3),
    fc.boolean(),
  )
  .filter(([h, w, kh, kw, pad, , spread]) => {
    const reach = (k: number) => (k - 1) * (spread ? 2 : 1) + 1;
    return pad === 'same' || (h >= reach(kh) && w >= reach(kw));
  })
  .chain(([h, w, kh, kw, pad, stride, spread]) =>
    fc.tuple(floats([2, h, w, 3]), floats([kh, kw, 3])).map(
      ([image, filter]): Sample => ({
        label: JSON.stringify({ h, w, kh, kw, pad, stride, spread }),
        inputs: [image, filter],
        fn: (x, f) =>
          tf.dilation2d(first(x!) as Tensor4D, f as Tensor3D, spread ? 1 : stride, pad, spread ? 2 : 1),
        // A window between the image's pixels has no gradient to compare.
        gradients: pad === 'same' && spread ? 0 : 2,
      }),
    ),
  );

const blocks = fc
  .tuple(
    fc.tuple(side(3), side(2)),
    fc.tuple(side(2), side(3)),
    fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
  )
  .chain(([[bh, bw], [h, w], [top, left]]) => {
    // Padding and cropping alike take what is short of whole blocks.
    const [before, after] = [top % bh, left % bw];
    const around = [
      [before, (bh - before) % bh],
      [after, (bw - after) % bw],
    ];
    return fc.tuple(floats([2, h * bh, w * bw, 2]), floats([2 * bh * bw, h + 1, w + 1, 2])).map(
      ([whole, parts]): Sample => ({
        label: JSON.stringify({ bh, bw, around }),
        inputs: [whole, parts],
        fn: (x, y) => [
          tf.spaceToBatchND(first(x!), [bh, bw], around),
          tf.batchToSpaceND(first(y!), [bh, bw], around),
        ],
      }),
    );
  });

const blockGradients = floats([2, 4, 6, 2]).map(
  (x): Sample => ({
    label: 'there and back',
    inputs: [x],
    fn: (v) => {
      const apart = tf.spaceToBatchND(
        v!,
        [2, 3],
        [
          [0, 0],
          [1, 2],
        ],
      );
      return tf.batchToSpaceND(
        tf.square(apart),
        [2, 3],
        [
          [1, 0],
          [0, 1],
        ],
      );
    },
    gradients: 1,
  }),
);

const depthToSpace = fc.tuple(fc.integer({ min: 2, max: 3 }), side(2)).chain(([block, channels]) =>
  floats([2, 3, 2, channels * block ** 2]).map(
    (x): Sample => ({
      label: `block ${block}`,
      inputs: [x],
      fn: (v) => tf.depthToSpace(first(v!) as Tensor4D, block),
    }),
  ),
);

const response = fc
  .tuple(side(6), fc.integer({ min: 0, max: 5 }), fc.constantFrom(0.5, 0.75, 1))
  .chain(([channels, radius, beta]) =>
    floats([2, 3, 2, channels]).map(
      (x): Sample => ({
        label: JSON.stringify({ channels, radius, beta }),
        inputs: [x],
        fn: (v) => tf.localResponseNormalization(first(v!) as Tensor4D, radius, 1, 0.5, beta),
        gradients: 1,
      }),
    ),
  );

/** Images warped, cut, cut into blocks, dilated and normalised. */
export const imageProperties: readonly Property[] = [
  ...(['constant', 'reflect', 'wrap', 'nearest'] as const).map(
    (mode): Property => [`transform, ${mode}`, transform(mode)],
  ),
  ['cropAndResize', cropAndResize],
  ['rotateWithOffset', rotate],
  ['flipLeftRight', flip],
  ['dilation2d', dilation],
  ['spaceToBatchND and batchToSpaceND', blocks],
  ['spaceToBatchND and batchToSpaceND, gradients', blockGradients],
  ['depthToSpace', depthToSpace],
  ['localResponseNormalization', response],
];
