import {
  backend_util,
  engine,
  floor,
  mul,
  type NamedAttrMap,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { noise } from '../cases/case.js';
import { axes, expectAsOnCpu, onWasm, type Shape, seed, small } from './as-on-cpu.js';
import { type Pad, pads } from './pads.js';

onWasm();

/** Whole numbers around `level`, so that many are alike, a few of them not numbers. */
const ties = (shape: Shape, s: number, level: number, holes: boolean): Tensor =>
  tidy(() => {
    const x = floor(mul(noise(shape, s), 3));
    const values = x.dataSync().map((v, i) => (holes && (i * 7 + s) % 5 === 0 ? Number.NaN : v + level));
    return tensor(values, [...shape]);
  });

const pooling = (space: number) =>
  fc
    .record({
      batch: small(3),
      size: axes(space, space === 2 ? 9 : 6),
      channels: small(5),
      kernel: axes(space, 4),
      strides: axes(space, 4),
      pad: space === 2 ? pads : fc.constantFrom<Pad>('same', 'valid'),
      level: fc.constantFrom(0, -10, 10),
    })
    .map(({ batch, size, channels, kernel, strides, pad, level }) => {
      const x = [batch, ...size, channels];
      // The cpu backend mistakes rows for columns in volumes where they are not alike.
      const filterSize = space === 3 ? [kernel[0]!, kernel[1]!, kernel[1]!] : kernel;
      // No window lies wholly beside the image.
      const inside =
        typeof pad === 'string'
          ? pad
          : (pad.map((ends, i) =>
              ends.map((n) => Math.min(n, (filterSize[i - 1] ?? 1) - 1)),
            ) as unknown as Pad);
      const attrs = { filterSize, strides, pad: inside };
      const outShape: Shape =
        space === 2
          ? backend_util.computePool2DInfo(
              x as never,
              filterSize as never,
              strides as never,
              1,
              inside as 'same',
            ).outShape
          : backend_util.computePool3DInfo(
              x as never,
              filterSize as never,
              strides as never,
              1,
              inside as 'same',
            ).outShape;
      return { x, attrs, outShape, level };
    })
    .filter(({ outShape }) => outShape.every((n) => n > 0));

/** Such a window has no choice; the cpu backend passes on not-a-number in planes and drops it in volumes. */
const onePlace = ({ filterSize }: { filterSize: number[] }) => filterSize.every((k) => k === 1);

describe.each([
  ['MaxPool', 2],
  ['MaxPool3D', 3],
] as const)(
  '%s of any window, with ties, below zero, with holes, is on wasm what it is on cpu',
  (forward, space) => {
    test('itself', () =>
      fc.assert(
        fc.asyncProperty(pooling(space), seed, fc.boolean(), ({ x, attrs, level }, s, holes) =>
          expectAsOnCpu(forward, () => ({ x: ties(x, s, level, holes && !onePlace(attrs)) }), attrs),
        ),
      ));
    test('its gradient', () =>
      fc.assert(
        fc.asyncProperty(pooling(space), seed, fc.boolean(), ({ x, attrs, outShape, level }, s, holes) =>
          expectAsOnCpu(
            `${forward}Grad`,
            () => {
              const input = ties(x, s, level, holes && !onePlace(attrs));
              const output = engine().runKernel(
                forward,
                { x: input },
                attrs as unknown as NamedAttrMap,
              ) as Tensor;
              return { dy: noise(outShape, s + 1), input, output };
            },
            attrs,
          ),
        ),
      ));
  },
);

test('average pooling of volumes, of any window, is on wasm what it is on cpu', () =>
  fc.assert(
    fc.asyncProperty(pooling(3), seed, ({ x, attrs }, s) =>
      expectAsOnCpu('AvgPool3D', () => ({ x: noise(x, s) }), attrs),
    ),
  ));
