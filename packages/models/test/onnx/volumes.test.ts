import { onnxModel } from '@segscape/models/onnx';
import { dispose, grads, mean, square, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare } from './against-runtime.js';
import { floats, ints, none, single, wave, weight } from './single-node.js';
import { type WrittenModel, writeModel } from './write-model.js';

const shape = [2, 3, 4, 6, 5] as const;
const inVolumes = (model: WrittenModel): WrittenModel => ({
  ...model,
  input: ['n', shape[1], 'd', 'h', 'w'],
});

describe('each node over volumes, against ONNX Runtime', () => {
  const channels = { gamma: weight([3]), beta: weight([3], 2) };
  const resize = (attributes: Record<string, string>, ...scales: number[]) =>
    single('Resize', attributes, { none, scales: floats(1, 1, ...scales) });
  const cases: Record<string, WrittenModel> = {
    LeakyRelu: single('LeakyRelu', { alpha: { float: 0.3 } }),
    'Softmax over channels': single('Softmax', { axis: 1 }),
    'Add of a channel each': single('Add', {}, { b: weight([3, 1, 1, 1]) }),
    'Concat on channels': {
      nodes: [{ op: 'Concat', inputs: ['x', 'x'], output: 'y', attributes: { axis: 1 } }],
    },
    'Concat on slices': {
      nodes: [{ op: 'Concat', inputs: ['x', 'x'], output: 'y', attributes: { axis: 2 } }],
    },
    Pad: single('Pad', {}, { pads: ints(0, 0, 1, 2, 0, 0, 0, 0, 1, 3) }),
    Transpose: single('Transpose', { perm: [0, 1, 4, 2, 3] }),
    'Slice of slices': single('Slice', {}, { starts: ints(1), ends: ints(3), axes: ints(2) }),
    BatchNormalization: single(
      'BatchNormalization',
      {},
      {
        ...channels,
        mean: weight([3], 3),
        variance: floats(1, 2, 0.5),
      },
    ),
    InstanceNormalization: single('InstanceNormalization', {}, channels),
    GlobalAveragePool: single('GlobalAveragePool'),
    GlobalMaxPool: single('GlobalMaxPool'),
    'Conv in groups': single(
      'Conv',
      { group: 3, pads: [1, 1, 1, 1, 1, 1] },
      { kernel: weight([6, 1, 3, 3, 3]) },
    ),
    'MaxPool, rounded up': single('MaxPool', { kernel_shape: [2, 3, 2], strides: [2, 2, 2], ceil_mode: 1 }),
    'AveragePool with its sides': single('AveragePool', {
      kernel_shape: [3, 3, 2],
      pads: [1, 1, 0, 1, 1, 1],
      count_include_pad: 1,
    }),
    'Resize by half pixels': resize({ mode: 'linear' }, 2, 1.5, 2),
    'Resize by corners': resize({ mode: 'linear', coordinate_transformation_mode: 'align_corners' }, 2, 2, 2),
    'Resize of slices alone': resize({ mode: 'linear' }, 2, 1, 1),
    'Resize to the nearest': resize(
      { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      2,
      3,
      2,
    ),
    'Resize by sizes': single(
      'Resize',
      { mode: 'linear' },
      { none, none2: none, sizes: ints(2, 3, 8, 3, 5) },
    ),
  };

  test.each(Object.entries(cases))('%s', (_, model) => compare(inVolumes(model), shape));

  const three = (most: number) =>
    fc.tuple(...Array.from({ length: 3 }, () => fc.integer({ min: 1, max: most })));

  test('Conv, ConvTranspose and pools, whatever their windows', () =>
    fc.assert(
      fc.asyncProperty(three(3), three(2), fc.boolean(), three(3), async (size, strides, bias, more) => {
        const lengths = more.map((n) => n + 3);
        const pads = [...size, ...size].map((n) => n >> 1);
        const input = ['n', 2, 'd', 'h', 'w'];
        const kernel = weight([3, 2, ...size]);
        const conv = single('Conv', { strides, pads }, { kernel, ...(bias && { bias: weight([3], 2) }) });
        await compare({ ...conv, input }, [1, 2, ...lengths]);
        const same = single('Conv', { strides, auto_pad: 'SAME_UPPER' }, { kernel });
        await compare({ ...same, input }, [1, 2, ...lengths]);
        const up = single(
          'ConvTranspose',
          { strides, pads, output_padding: strides.map((n) => n - 1) },
          { kernel: weight([2, 3, ...size]), ...(bias && { bias: weight([3], 2) }) },
        );
        await compare({ ...up, input }, [1, 2, ...lengths]);
        const pool = { kernel_shape: size, strides, pads, ceil_mode: Number(bias) };
        for (const op of ['MaxPool', 'AveragePool'])
          await compare({ ...single(op, pool), input }, [1, 2, ...lengths]);
      }),
      { numRuns: 15 },
    ));
});

/** A U-Net of one step that halves rows and columns, but no slices. */
const small: WrittenModel = {
  input: ['n', 1, 'd', 'h', 'w'],
  nodes: [
    { op: 'Conv', inputs: ['x', 'down.weight'], output: 'a', attributes: { pads: [1, 1, 1, 1, 1, 1] } },
    { op: 'InstanceNormalization', inputs: ['a', 'n.weight', 'n.bias'], output: 'b' },
    { op: 'LeakyRelu', inputs: ['b'], output: 'c', attributes: { alpha: { float: 0.01 } } },
    {
      op: 'Conv',
      inputs: ['c', 'deep.weight'],
      output: 'd',
      attributes: { pads: [0, 1, 1, 0, 1, 1], strides: [1, 2, 2] },
    },
    { op: 'ConvTranspose', inputs: ['d', 'up.weight'], output: 'e', attributes: { strides: [1, 2, 2] } },
    { op: 'Concat', inputs: ['e', 'c'], output: 'f', attributes: { axis: 1 } },
    { op: 'Conv', inputs: ['f', 'head.weight', 'head.bias'], output: 'y' },
  ],
  initializers: {
    'down.weight': weight([2, 1, 3, 3, 3]),
    'n.weight': floats(1, 0.5),
    'n.bias': weight([2], 2),
    'deep.weight': weight([3, 2, 1, 3, 3], 3),
    'up.weight': weight([3, 2, 1, 2, 2], 4),
    'head.weight': weight([2, 4, 1, 1, 1], 5),
    'head.bias': weight([2], 6),
  },
};

describe('a network of volumes', () => {
  test('is a model like ours: logits, kernels’ shapes, sizes that fit', async () => {
    await compare(small, [2, 1, 3, 6, 4]);
    const { model, params } = onnxModel(writeModel(small));
    expect(model.shapes['down.weight']).toEqual([3, 3, 3, 1, 2]);
    expect(model.shapes['up.weight']).toEqual([1, 2, 2, 2, 3]);
    expect(model.inputSizeFor([3, 5, 7])).toEqual([3, 6, 8]);
    expect(model.outputSize([3, 4, 6])).toEqual([3, 4, 6]);
    const flat = tensor(wave(16), [1, 4, 4, 1]);
    expect(() => model.apply(params, flat)).toThrow(
      'onnxModel: expected images [batch, depth, height, width, 1], got [1,4,4,1].',
    );
    dispose([flat, ...Object.values(params)]);
  });

  test('has gradients by every weight, as finite differences have them', () => {
    // The backend package brings the gradient of a volume's transposed convolution; here rows and columns are resized.
    const risen: WrittenModel = {
      ...small,
      nodes: small.nodes.map((node) =>
        node.op === 'ConvTranspose'
          ? { op: 'Resize', inputs: ['d', '', 'scales'], output: 'e', attributes: { mode: 'linear' } }
          : node,
      ),
      initializers: {
        ...Object.fromEntries(Object.entries(small.initializers!).filter(([name]) => name !== 'up.weight')),
        'head.weight': weight([2, 5, 1, 1, 1], 5),
        scales: floats(1, 1, 1, 2, 2),
      },
    };
    const { model, params } = onnxModel(writeModel(risen));
    const images = tensor(wave(2 * 4 * 4), [1, 2, 4, 4, 1]);
    const loss = (given: Record<string, Tensor>) => mean(square(model.apply(given, images)));
    const names = Object.keys(params);
    const found = grads((...given: Tensor[]) =>
      loss(Object.fromEntries(names.map((name, i) => [name, given[i]!]))),
    )(names.map((name) => params[name]!));
    for (const [i, name] of names.entries()) {
      const at = (h: number) =>
        tidy(() => {
          const moved = Array.from(params[name]!.dataSync(), (v, k) => (k === 1 ? v + h : v));
          return loss({ ...params, [name]: tensor(moved, params[name]!.shape) }).dataSync()[0]!;
        });
      const expected = (at(1e-2) - at(-1e-2)) / 2e-2;
      expect(Math.abs(found[i]!.dataSync()[1]! - expected), name).toBeLessThan(
        2e-3 * Math.max(1, Math.abs(expected)),
      );
    }
    dispose([...found, images, ...Object.values(params)]);
  });
});
