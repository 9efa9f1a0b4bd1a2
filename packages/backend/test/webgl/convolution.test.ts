import { backend_util } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { test } from 'vitest';
import { expectAsOnCpu, onWebgl, wave } from './as-on-cpu.js';

onWebgl();

const small = (max: number) => fc.integer({ min: 1, max });
const border = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 });
const pads = fc.oneof(
  fc.constantFrom('same' as const, 'valid' as const),
  border.map(
    ([top, bottom, left, right]) =>
      [
        [0, 0],
        [top!, bottom!],
        [left!, right!],
        [0, 0],
      ] as const,
  ),
);

const windows = fc
  .record({
    batch: small(3),
    size: fc.tuple(small(9), small(9)),
    kernel: fc.tuple(small(4), small(4)),
    inputs: small(5),
    outputs: small(5),
    strides: fc.tuple(small(3), small(3)),
    pad: pads,
    seed: small(1000),
  })
  .map(({ batch, size, kernel, inputs, outputs, strides, pad, seed }) => {
    const [x, filter] = [
      [batch, ...size, inputs],
      [...kernel, inputs, outputs],
    ] as const;
    const info = (): readonly number[] =>
      backend_util.computeConv2DInfo(
        x as [number, number, number, number],
        filter as [number, number, number, number],
        strides,
        1,
        pad as 'same',
      ).outShape;
    return { x, filter, info, seed, attrs: { strides, dilations: [1, 1], pad, dataFormat: 'NHWC' } };
  })
  .filter(({ x, filter, attrs, info }) => {
    const { pad } = attrs;
    const room = (axis: 1 | 2) => x[axis]! + (typeof pad === 'string' ? 0 : pad[axis]![0]! + pad[axis]![1]!);
    const fits = pad === 'same' || (room(1) >= filter[0]! && room(2) >= filter[1]!);
    return fits && info().every((n) => n > 0);
  });

const runs = { numRuns: 60 };

test('a convolution of any window is on WebGL what it is on cpu', () =>
  fc.assert(
    fc.asyncProperty(windows, ({ x, filter, attrs, seed }) =>
      expectAsOnCpu('Conv2D', () => ({ x: wave(x, seed), filter: wave(filter, seed + 1) }), attrs),
    ),
    runs,
  ));

test('so is the gradient of its image', () =>
  fc.assert(
    fc.asyncProperty(windows, ({ x, filter, info, attrs, seed }) =>
      expectAsOnCpu(
        'Conv2DBackpropInput',
        () => ({ dy: wave(info(), seed), filter: wave(filter, seed + 1) }),
        {
          ...attrs,
          inputShape: x,
        },
      ),
    ),
    runs,
  ));

test('so is the gradient of its filter', () =>
  fc.assert(
    fc.asyncProperty(windows, ({ x, filter, info, attrs, seed }) =>
      expectAsOnCpu('Conv2DBackpropFilter', () => ({ x: wave(x, seed), dy: wave(info(), seed + 1) }), {
        ...attrs,
        filterShape: filter,
      }),
    ),
    runs,
  ));

/** A convolution of `x` to `y` and both its gradients are on WebGL what they are on cpu. */
async function expectFamily(
  x: readonly number[],
  filter: readonly number[],
  y: readonly number[],
  attrs: object,
): Promise<void> {
  await expectAsOnCpu('Conv2D', () => ({ x: wave(x, 1), filter: wave(filter, 2) }), attrs);
  await expectAsOnCpu('Conv2DBackpropInput', () => ({ dy: wave(y, 1), filter: wave(filter, 2) }), {
    ...attrs,
    inputShape: x,
  });
  await expectAsOnCpu('Conv2DBackpropFilter', () => ({ x: wave(x, 1), dy: wave(y, 2) }), {
    ...attrs,
    filterShape: filter,
  });
}

test('sizes of networks: many channels, strips of rows, textures of any form', async () => {
  const attrs = { strides: [1, 1], dilations: [1, 1], pad: 'same', dataFormat: 'NHWC' };
  for (const [x, filter] of [
    [
      [2, 64, 64, 3],
      [3, 3, 3, 16],
    ],
    [
      [1, 40, 24, 66],
      [3, 3, 66, 34],
    ],
    [
      [5, 7, 150, 2],
      [1, 1, 2, 1],
    ],
    [
      [1, 256, 256, 4],
      [3, 3, 4, 2],
    ],
  ] as const) {
    const y = [...x.slice(0, 3), filter[3]];
    await expectFamily(x, filter, y, attrs);
  }
});

test('every stride of each axis, narrow and wide filters, odd and even channels', async () => {
  const [size, pad] = [[7, 12], 'same'] as const;
  for (const width of [2, 3, 9])
    for (const strides of [1, 2, 3].flatMap((down) =>
      [1, 2, 3].map((along): [number, number] => [down, along]),
    ))
      for (const [inputs, outputs] of [
        [3, 5],
        [4, 2],
      ] as const) {
        const [x, filter] = [
          [2, ...size, inputs],
          [2, width, inputs, outputs],
        ] as const;
        const y = [2, ...size.map((n, axis) => Math.ceil(n / strides[axis]!)), outputs];
        const attrs = { strides, dilations: [1, 1], pad, dataFormat: 'NHWC' };
        await expectFamily(x, filter, y, attrs);
      }
});
