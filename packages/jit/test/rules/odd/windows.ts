import type { Tensor, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { finite, type Odd } from './case.js';

export type Named = readonly [string, fc.Arbitrary<Odd>];
type Pad = 'same' | 'valid' | number;

export const few = fc.integer({ min: 1, max: 3 });
/** A size that is 0 now and then. */
const some = fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 1, max: 5 }) }, fc.constant(0));
const pad = fc.oneof(fc.constantFrom<Pad>('same', 'valid'), fc.integer({ min: 0, max: 5 }));
const float = fc.constant('float32' as const);
const mostlyFloat = fc.constantFrom('float32' as const, 'float32' as const, 'int32' as const);
const rounding = fc.constantFrom(undefined, 'floor' as const, 'ceil' as const);

export interface Geometry {
  readonly batch: number;
  readonly h: number;
  readonly w: number;
  readonly channels: number;
  readonly filterSize: [number, number];
  readonly strides: [number, number];
  readonly pad: Pad;
}

export const geometry: fc.Arbitrary<Geometry> = fc.record({
  batch: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(1, 2) }, fc.constant(0)),
  h: some,
  w: some,
  channels: some,
  filterSize: fc.tuple(few, few),
  strides: fc.tuple(few, few),
  pad,
});

const pooling = (
  name: string,
  fn: (x: Tensor4D, g: Geometry, r: 'floor' | 'ceil' | undefined) => Tensor,
): Named => [
  name,
  fc.tuple(geometry, rounding).chain(([g, r]) =>
    finite([g.batch, g.h, g.w, g.channels], mostlyFloat).map(
      (x): Odd => ({
        label: `${name} ${JSON.stringify(g)} ${r}`,
        inputs: [x],
        fn: (v) => fn(v as Tensor4D, g, typeof g.pad === 'number' ? (r ?? 'floor') : undefined),
      }),
    ),
  ),
];

const volumes = (name: string, fn: (x: Tensor5D, g: Geometry) => Tensor): Named => [
  name,
  geometry.chain((g) =>
    finite([g.batch, g.h, g.w, 2, g.channels], mostlyFloat).map(
      (x): Odd => ({ label: `${name} ${JSON.stringify(g)}`, inputs: [x], fn: (v) => fn(v as Tensor5D, g) }),
    ),
  ),
];

const conv2d = fc.tuple(geometry, few, fc.tuple(few, few), rounding).chain(([g, outputs, dilations, r]) =>
  fc
    .tuple(
      finite([g.batch, g.h, g.w, g.channels], mostlyFloat),
      finite([...g.filterSize, g.channels, outputs], mostlyFloat),
    )
    .map(
      ([x, filter]): Odd => ({
        label: `conv2d ${JSON.stringify({ ...g, dilations })}`,
        inputs: [x, filter],
        fn: (v, f) =>
          tf.conv2d(
            v as Tensor4D,
            f as Tensor4D,
            g.strides,
            g.pad,
            'NHWC',
            dilations,
            typeof g.pad === 'number' ? (r ?? 'floor') : undefined,
          ),
      }),
    ),
);

const depthwise = fc.tuple(geometry, few).chain(([g, multiplier]) =>
  fc
    .tuple(
      finite([g.batch, g.h, g.w, g.channels], float),
      finite([...g.filterSize, g.channels, multiplier], float),
    )
    .map(
      ([x, filter]): Odd => ({
        label: `depthwise ${JSON.stringify(g)}`,
        inputs: [x, filter],
        fn: (v, f) => tf.depthwiseConv2d(v as Tensor4D, f as Tensor4D, g.strides, g.pad),
      }),
    ),
);

const transposed = fc.tuple(geometry, few).chain(([g, outputs]) =>
  fc
    .tuple(
      finite([g.batch, g.h, g.w, g.channels], mostlyFloat),
      finite([...g.filterSize, outputs, g.channels], float),
    )
    .map(
      ([x, filter]): Odd => ({
        label: `conv2dTranspose ${JSON.stringify(g)}`,
        inputs: [x, filter],
        fn: (v, f) =>
          tf.conv2dTranspose(
            v as Tensor4D,
            f as Tensor4D,
            [g.batch, g.h * g.strides[0], g.w * g.strides[1], outputs],
            g.strides,
            'same',
          ),
      }),
    ),
);

const dilation = geometry.chain((g) =>
  fc
    .tuple(
      finite([g.batch, g.h, g.w, g.channels], mostlyFloat),
      finite([...g.filterSize, g.channels], mostlyFloat),
    )
    .map(
      ([x, filter]): Odd => ({
        label: `dilation2d ${JSON.stringify(g)}`,
        inputs: [x, filter],
        fn: (v, f) =>
          tf.dilation2d(v as Tensor4D, f as Tensor3D, g.strides, g.pad === 'same' ? 'same' : 'valid', 1),
      }),
    ),
);

export const oddWindows: readonly Named[] = [
  ['conv2d', conv2d],
  ['depthwiseConv2d', depthwise],
  ['conv2dTranspose', transposed],
  pooling('maxPool', (x, g, r) => tf.maxPool(x, g.filterSize, g.strides, g.pad, r)),
  pooling('avgPool', (x, g, r) => tf.avgPool(x, g.filterSize, g.strides, g.pad, r)),
  pooling('maxPool of a frame', (x, g, r) =>
    tf.maxPool(
      tf.pad(x, [
        [0, 0],
        [1, 1],
        [0, 1],
        [0, 0],
      ]),
      g.filterSize,
      g.strides,
      g.pad,
      r,
    ),
  ),
  pooling('avgPool of a frame', (x, g, r) =>
    tf.avgPool(
      tf.pad(x, [
        [0, 0],
        [1, 1],
        [0, 1],
        [0, 0],
      ]),
      g.filterSize,
      g.strides,
      g.pad,
      r,
    ),
  ),
  volumes('maxPool3d', (x, g) =>
    tf.maxPool3d(
      x,
      [...g.filterSize, 1],
      [...g.strides, 1],
      g.pad,
      typeof g.pad === 'number' ? 'floor' : undefined,
    ),
  ),
  volumes('avgPool3d', (x, g) =>
    tf.avgPool3d(
      x,
      [...g.filterSize, 1],
      [...g.strides, 1],
      g.pad,
      typeof g.pad === 'number' ? 'floor' : undefined,
    ),
  ),
  ['dilation2d', dilation],
];
