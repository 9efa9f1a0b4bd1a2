import { abs, backend_util, engine, reshape, setBackend, type Tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noise } from '../cases/case.js';
import { axes, expectAsOnCpu, onWasm, type Shape, seed, small } from './as-on-cpu.js';
import { type Pad, pads } from './pads.js';

onWasm();

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
