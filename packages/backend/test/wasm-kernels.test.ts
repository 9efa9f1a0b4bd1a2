import { useBackend } from '@segscape/backend';
import { expectTensors } from '@segscape/testing';
import {
  abs,
  backend_util,
  dispose,
  engine,
  floor,
  mul,
  type NamedAttrMap,
  reshape,
  setBackend,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noise } from './cases/case.js';

beforeAll(() => useBackend('wasm', { threads: 1 }));
afterAll(() => setBackend('cpu'));

type Shape = readonly number[];
type Pad = 'same' | 'valid' | backend_util.ExplicitPadding;
type Inputs = Readonly<Record<string, Tensor>>;

async function run(backend: string, kernel: string, inputs: () => Inputs, attrs: object) {
  await setBackend(backend);
  return tidy(() => {
    const result = engine().runKernel(kernel, { ...inputs() }, attrs as NamedAttrMap) as Tensor;
    return { shape: result.shape, values: result.dataSync() as Float32Array };
  });
}

/** The kernel on wasm gives what it gives on the cpu backend. */
async function expectAsOnCpu(kernel: string, inputs: () => Inputs, attrs: object): Promise<void> {
  const cpu = await run('cpu', kernel, inputs, attrs);
  const wasm = await run('wasm', kernel, inputs, attrs);
  const scale = cpu.values.reduce(
    (most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most),
    1e-2,
  );
  expect(wasm.shape).toEqual(cpu.shape);
  expect(wasm.values).toBeAllclose(cpu.values, { abs: 3e-6 * scale, rel: 0 });
}

const small = (max: number) => fc.integer({ min: 1, max });
const axes = (n: number, max: number) => fc.array(small(max), { minLength: n, maxLength: n });
const seed = fc.integer({ min: 1, max: 1000 });

const ends = fc.integer({ min: 0, max: 2 });
const border = fc.tuple(ends, ends);
const pads = fc.oneof(
  fc.constantFrom<Pad>('same', 'valid'),
  fc.tuple(border, border).map(([rows, columns]): Pad => [[0, 0], rows, columns, [0, 0]]),
);

/** A convolution of planes or volumes: its three kernels' shapes and attributes. */
const convolution = (space: number, multiplies: boolean) =>
  fc
    .record({
      batch: small(3),
      size: axes(space, space === 2 ? 9 : 6),
      kernel: axes(space, space === 2 ? 4 : 3),
      inputs: small(5),
      outputs: small(5),
      stride: axes(space, 3),
      dilation: small(3),
      pad: space === 2 ? pads : fc.constantFrom<Pad>('same', 'valid'),
    })
    .map(({ batch, size, kernel, inputs, outputs, stride, dilation, pad }) => {
      const x = [batch, ...size, inputs];
      const filter = [...kernel, inputs, outputs];
      const strides = dilation > 1 ? stride.map(() => 1) : stride;
      const dilations = stride.map(() => dilation);
      const attrs = { strides, dilations, pad, dataFormat: space === 2 ? 'NHWC' : 'NDHWC' };
      const outShape = (by: number): Shape =>
        space === 2
          ? backend_util.computeConv2DInfo(
              x as never,
              filter as never,
              strides as never,
              by,
              pad,
              undefined,
              multiplies,
            ).outShape
          : backend_util.computeConv3DInfo(
              x as never,
              filter as never,
              strides as never,
              by as never,
              pad as 'same',
            ).outShape;
      return { x, filter, attrs, outShape };
    })
    .filter(
      ({ outShape, attrs }) =>
        outShape(attrs.dilations[0]!).every((n) => n > 0) && outShape(1).every((n) => n > 0),
    );

const families = [
  ['Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput', 2],
  ['Conv3D', 'Conv3DBackpropFilterV2', 'Conv3DBackpropInputV2', 3],
  ['DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropFilter', 'DepthwiseConv2dNativeBackpropInput', 2],
] as const;

describe.each(families)(
  '%s of any window is on wasm what it is on cpu',
  (forward, byFilter, byInput, space) => {
    const windows = convolution(space, forward.startsWith('Depthwise'));

    test('itself, dilated or not', () =>
      fc.assert(
        fc.asyncProperty(windows, seed, ({ x, filter, attrs }, s) =>
          expectAsOnCpu(forward, () => ({ x: noise(x, s), filter: noise(filter, s + 1) }), attrs),
        ),
      ));
    test('the gradient of its filter', () =>
      fc.assert(
        fc.asyncProperty(windows, seed, ({ x, filter, attrs, outShape }, s) =>
          expectAsOnCpu(byFilter, () => ({ x: noise(x, s), dy: noise(outShape(1), s + 1) }), {
            ...attrs,
            dilations: attrs.strides.map(() => 1),
            filterShape: filter,
          }),
        ),
      ));
    test('the gradient of its input', () =>
      fc.assert(
        fc.asyncProperty(windows, seed, ({ x, filter, attrs, outShape }, s) =>
          expectAsOnCpu(byInput, () => ({ dy: noise(outShape(1), s), filter: noise(filter, s + 1) }), {
            ...attrs,
            dilations: attrs.strides.map(() => 1),
            inputShape: x,
          }),
        ),
      ));
  },
);

test("a filter's gradient over half a million pixels keeps its digits", async () => {
  await setBackend('wasm');
  const [pixels, channels] = [2 ** 19, 4];
  const [values, gradient] = tidy(() => {
    const x = reshape(abs(noise([pixels * channels])), [8, 256, 256, channels]);
    const shape = [1, 1, channels, channels];
    const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: [1, 1], filterShape: shape };
    const result = engine().runKernel('Conv2DBackpropFilter', { x, dy: x }, attrs) as Tensor;
    return [x.dataSync(), result.dataSync()];
  });
  const exact = new Float64Array(channels * channels);
  for (let at = 0; at < values.length; at += channels)
    for (let i = 0; i < exact.length; i++)
      exact[i]! += values[at + Math.floor(i / channels)]! * values[at + (i % channels)]!;
  expect(gradient).toBeAllclose(exact, { rel: 1e-5, abs: 0 });
});

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

test.each<[string, Shape[], object]>([
  [
    'Conv3D',
    [
      [1, 4, 4, 4, 2],
      [3, 3, 3, 2, 3],
    ],
    { strides: 1, pad: 'same', dilations: 1 },
  ],
  ['MaxPool', [[1, 4, 4, 2]], { filterSize: 2, strides: 2, pad: 'valid' }],
  ['MaxPool3D', [[1, 4, 4, 4, 2]], { filterSize: 2, strides: 2, pad: 'valid' }],
])('%s leaves nothing behind but its result', async (kernel, shapes, attrs) => {
  await setBackend('wasm');
  const [x, filter] = shapes.map((shape) => noise(shape)) as [Tensor, Tensor | undefined];
  const before = engine().backend.numDataIds();
  const result = await expectTensors(1, () =>
    tidy(() => engine().runKernel(kernel, filter ? { x, filter } : { x }, attrs as NamedAttrMap) as Tensor),
  );
  expect(engine().backend.numDataIds()).toBe(before + 1);
  dispose([x, ...(filter ? [filter] : []), result]);
});
