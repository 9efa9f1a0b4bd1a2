import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { test } from 'vitest';
import { type Fn, noise } from '../cases/case.js';
import { expectExact } from './derivatives.js';

const size = fc.integer({ min: 1, max: 4 });
const seeds = fc.integer({ min: 1, max: 1000 });
const image = (t: tf.Tensor | undefined) => t as tf.Tensor4D;

/** Two shapes that stretch to each other: of a common one, some axes are 1 and some in front are left off. */
const stretching = fc
  .array(fc.tuple(size, fc.constantFrom('both', 'a', 'b')), { maxLength: 4 })
  .chain((axes) => fc.tuple(fc.constant(axes), fc.nat(axes.length), fc.constantFrom('a', 'b')))
  .map(([axes, left, side]) => {
    const shape = (name: 'a' | 'b') =>
      axes.map(([n, who]) => (who === 'both' || who === name ? n : 1)).slice(side === name ? left : 0);
    return [shape('a'), shape('b')] as const;
  });

const binary: [string, Fn][] = [
  ['add', (a, b) => tf.add(a!, b!)],
  ['mul', (a, b) => tf.mul(a!, b!)],
  ['div', (a, b) => tf.div(a!, tf.add(b!, 2))],
  ['maximum', (a, b) => tf.maximum(a!, b!)],
  ['minimum', (a, b) => tf.minimum(a!, b!)],
  ['squaredDifference', (a, b) => tf.squaredDifference(a!, b!)],
  ['pow', (a, b) => tf.pow(tf.add(a!, 1.5), b!)],
  ['atan2', (a, b) => tf.atan2(a!, b!)],
  ['where', (a, b) => tf.where(tf.less(a!, b!), tf.sin(a!), tf.cos(b!))],
];

test.each(binary)('%s of shapes that stretch to each other', (_name, fn) =>
  fc.assert(
    fc.property(stretching, seeds, ([a, b], seed) => expectExact(fn, [noise(a, seed), noise(b, seed + 1)])),
    { numRuns: 25 },
  ),
);

test('convolutions of any window', () =>
  fc.assert(
    fc.property(
      fc.record({
        h: size,
        w: size,
        kh: size,
        kw: size,
        inputs: size,
        outputs: size,
        batch: fc.constantFrom(1, 2),
      }),
      fc.oneof(
        fc.record({ strides: fc.tuple(size, size), dilations: fc.constant<[number, number]>([1, 1]) }),
        fc.record({ strides: fc.constant<[number, number]>([1, 1]), dilations: fc.tuple(size, size) }),
      ),
      fc.constantFrom('same' as const, 'valid' as const),
      (s, { strides, dilations }, pad) => {
        const extent = (n: number, k: number, d: number) => n + (k - 1) * d;
        const x = noise([
          s.batch,
          extent(s.h, s.kh, dilations[0]),
          extent(s.w, s.kw, dilations[1]),
          s.inputs,
        ]);
        const filter = noise([s.kh, s.kw, s.inputs, s.outputs], 3);
        expectExact((a, b) => tf.conv2d(image(a), image(b), strides, pad, 'NHWC', dilations), [x, filter]);
      },
    ),
    { numRuns: 30 },
  ));

test.each([
  ['max', tf.maxPool],
  ['avg', tf.avgPool],
] as const)('%s pooling of any window', (_name, pool) =>
  fc.assert(
    fc.property(
      fc.record({ h: size, w: size, kh: size, kw: size, sh: size, sw: size }),
      fc.constantFrom('same' as const, 'valid' as const),
      ({ h, w, kh, kw, sh, sw }, pad) =>
        expectExact((x) => pool(image(x), [kh, kw], [sh, sw], pad), [noise([2, h + kh, w + kw, 2])]),
    ),
    { numRuns: 30 },
  ),
);

test.each([
  ['bilinear', tf.image.resizeBilinear],
  ['nearest', tf.image.resizeNearestNeighbor],
] as const)('resizing from any size to any other, %s', (_name, resize) =>
  fc.assert(
    fc.property(
      fc.tuple(size, size),
      fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
      fc.constantFrom([false, false], [true, false], [false, true]),
      ([h, w], to, [align, half]) =>
        expectExact((x) => resize(image(x), to, align, half), [noise([2, h, w, 2])]),
    ),
    { numRuns: 30 },
  ),
);

test('mirrored borders of any width', () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(size, fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('reflect' as const, 'symmetric' as const),
      (axes, mode) => {
        const most = (n: number) => (mode === 'reflect' ? n - 1 : n);
        const paddings = axes.map(([n, a, b]): [number, number] => [
          Math.min(a, most(n)),
          Math.min(b, most(n)),
        ]);
        expectExact((x) => tf.mirrorPad(x!, paddings, mode), [noise(axes.map(([n]) => n))]);
      },
    ),
    { numRuns: 30 },
  ));

test('strided slices, forwards and backwards', () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.nat(6), fc.nat(6), size, fc.boolean()), {
        minLength: 1,
        maxLength: 3,
      }),
      (axes) => {
        const ranges = axes.map(([n, a, b, stride, back]) => {
          const [low, high] = [Math.min(a, b) % n, Math.max(Math.min(a, b) % n, Math.max(a, b) % n)];
          // An end before the first pixel cannot be written, so backwards ranges stop short of it.
          return back && low < high ? [high, low, -stride] : [low, high + 1, stride];
        });
        const column = (i: number) => ranges.map((range) => range[i]!);
        expectExact(
          (x) => tf.stridedSlice(x!, column(0), column(1), column(2)),
          [noise(axes.map(([n]) => n))],
        );
      },
    ),
    { numRuns: 30 },
  ));
