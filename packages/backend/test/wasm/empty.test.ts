import { backend_util, engine, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { noise } from '../cases/case.js';
import { axes, expectAsOnCpu, onWasm, type Shape, seed } from './as-on-cpu.js';

onWasm();

const sizeOf = (shape: Shape) => shape.reduce((n, m) => n * m, 1);
/** Sizes of an axis, nothing among them. */
const few = fc.integer({ min: 0, max: 3 });
const random = (shape: Shape, s: number): Tensor =>
  sizeOf(shape) === 0 ? zeros([...shape]) : noise(shape, s);

const setting = (space: number) =>
  fc.record({
    batch: few,
    size: fc.array(few, { minLength: space, maxLength: space }),
    channels: few,
    outputs: fc.integer({ min: 1, max: 2 }),
    // The cpu backend mistakes rows for columns in volumes where they are not alike.
    kernel: axes(space, 4).map((k) => (space === 3 ? [k[0]!, k[1]!, k[1]!] : k)),
    strides: axes(space, 2),
    pad: fc.constantFrom('same' as const, 'valid' as const),
  });

type Info = { readonly outShape: number[] };

/** Shapes that are told, something in them empty. */
const told = (shapes: readonly Shape[]) =>
  shapes.every((shape) => shape.every((n) => n >= 0)) && shapes.some((shape) => sizeOf(shape) === 0);

describe.each([2, 3])('where nothing is given or comes out, wasm gives what cpu gives: %i axes', (space) => {
  test.each(['Max', 'Avg'])('%s pooling and its gradient', (name) =>
    fc.assert(
      fc.asyncProperty(setting(space), seed, async ({ batch, size, channels, kernel, strides, pad }, s) => {
        const shape = [batch, ...size, channels];
        const of = (space === 2
          ? backend_util.computePool2DInfo
          : backend_util.computePool3DInfo) as never as (...given: unknown[]) => Info;
        const { outShape } = of(shape, kernel, strides, 1, pad);
        fc.pre(told([shape, outShape]));
        const attrs = { filterSize: kernel, strides, pad };
        const forward = `${name}Pool${space === 3 ? '3D' : ''}`;
        await expectAsOnCpu(forward, () => ({ x: random(shape, s) }), attrs);
        const given = () => {
          const input = random(shape, s);
          const output = engine().runKernel(forward, { x: input }, attrs) as Tensor;
          return { dy: random(outShape, s + 1), input, output };
        };
        await expectAsOnCpu(`${forward}Grad`, given, attrs);
      }),
    ),
  );

  test('a convolution and its gradients', () =>
    fc.assert(
      fc.asyncProperty(
        setting(space),
        seed,
        async ({ batch, size, channels, outputs, kernel, strides, pad }, s) => {
          const [shape, filterShape] = [
            [batch, ...size, channels],
            [...kernel, channels, outputs],
          ];
          const of = (space === 2
            ? backend_util.computeConv2DInfo
            : backend_util.computeConv3DInfo) as never as (...given: unknown[]) => Info;
          const { outShape } = of(shape, filterShape, strides, 1, pad);
          fc.pre(told([shape, outShape]));
          const attrs = {
            strides,
            pad,
            dataFormat: space === 2 ? 'NHWC' : 'NDHWC',
            dilations: Array(space).fill(1),
          };
          const [forward, suffix] = space === 2 ? ['Conv2D', ''] : ['Conv3D', 'V2'];
          const [x, filter, dy] = [
            () => random(shape, s),
            () => random(filterShape, s + 1),
            () => random(outShape, s + 2),
          ];
          await expectAsOnCpu(forward!, () => tidy(() => ({ x: x(), filter: filter() })), attrs);
          await expectAsOnCpu(`${forward}BackpropFilter${suffix}`, () => ({ x: x(), dy: dy() }), {
            ...attrs,
            filterShape,
          });
          await expectAsOnCpu(`${forward}BackpropInput${suffix}`, () => ({ dy: dy(), filter: filter() }), {
            ...attrs,
            inputShape: shape,
          });
        },
      ),
    ));
});

describe('over no numbers, wasm gives what cpu gives', () => {
  const shapes: readonly (readonly [Shape, number[]])[] = [
    [[2, 0], [1]],
    [[0, 2], [0]],
    [[0], [0]],
    [
      [3, 0, 2],
      [0, 1],
    ],
    [[0, 2], [1]],
  ];
  const kernels = ['Sum', 'Prod', 'Mean', 'Max', 'Min', 'All', 'Any'];
  test.each(kernels)('%s', async (kernel) => {
    const types =
      kernel === 'All' || kernel === 'Any' ? (['bool'] as const) : (['float32', 'int32'] as const);
    for (const type of types)
      for (const [shape, axis] of shapes)
        for (const keepDims of [false, true])
          await expectAsOnCpu(kernel, () => ({ x: zeros([...shape], type) }), {
            axis,
            reductionIndices: axis,
            keepDims,
          });
  });
});

test.each([
  ['of one shape', [6]],
  ['stretched', [6, 1]],
] as const)('the remainder of whole numbers by 0 is 0, as on cpu: %s', (_, shape) =>
  expectAsOnCpu(
    'Mod',
    () => ({
      a: tensor([5, -5, 0, 7, -(2 ** 31), 9], [...shape], 'int32'),
      b: tensor([0, 0, 0, 2, -1, -4], [6], 'int32'),
    }),
    {},
  ),
);
