import { onnxModel } from '@segscape/models/onnx';
import { dispose, grads, mean, memory, square, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare } from './against-runtime.js';
import { floats, ints, none, single, wave, weight } from './single-node.js';
import { type WrittenModel, writeModel } from './write-model.js';

describe('each node against ONNX Runtime', () => {
  const cases: Record<string, WrittenModel> = {
    'LeakyRelu by its slope': single('LeakyRelu', { alpha: { float: 0.3 } }),
    'HardSigmoid by default': single('HardSigmoid'),
    'PRelu, a slope for each channel': single('PRelu', {}, { slope: weight([3, 1, 1]) }),
    'Clip between two': single(
      'Clip',
      {},
      { low: { shape: [], values: [-0.4] }, high: { shape: [], values: [0.3] } },
    ),
    'Clip of opset 6 attributes': single('Clip', { min: { float: -0.2 }, max: { float: 0.5 } }, {}, 10),
    'Softmax over channels': single('Softmax', { axis: 1 }),
    'Softmax over the last axis': single('Softmax'),
    'Softmax of opset 11, over all behind its axis': single('Softmax', { axis: 1 }, {}, 11),
    'Add of a channel each': single('Add', {}, { b: weight([3, 1, 1]) }),
    'Mul by one number': single('Mul', {}, { b: { shape: [], values: [2.5] } }),
    'Sub of a whole image': single('Sub', {}, { b: weight([1, 3, 6, 5]) }),
    'Div by a row': single('Div', {}, { b: { shape: [5], values: [1, 2, 3, 4, 5] } }),
    'Concat on channels': {
      nodes: [{ op: 'Concat', inputs: ['x', 'b', 'x'], output: 'y', attributes: { axis: 1 } }],
      initializers: { b: weight([2, 2, 6, 5]) },
    },
    'Concat on rows': { nodes: [{ op: 'Concat', inputs: ['x', 'x'], output: 'y', attributes: { axis: 2 } }] },
    'Slice of channels and rows': single(
      'Slice',
      {},
      { starts: ints(1, -4), ends: ints(3, 1000), axes: ints(1, 2), steps: ints(1, 2) },
    ),
    'Slice of opset 9': single('Slice', { starts: [1], ends: [4], axes: [3] }, {}, 9),
    'Pad with a value': single(
      'Pad',
      {},
      { pads: ints(0, 1, 2, 0, 0, 0, 1, 3), value: { shape: [], values: [0.7] } },
    ),
    'Pad by reflection': single('Pad', { mode: 'reflect' }, { pads: ints(0, 0, 2, 1, 0, 0, 1, 3) }),
    'Pad by the edges': single('Pad', { mode: 'edge' }, { pads: ints(0, 1, 2, 1, 0, 0, 1, 3) }),
    'Pad by nothing, of any mode': single('Pad', { mode: 'edge' }, { pads: ints(0, 0, 0, 0, 0, 0, 0, 0) }),
    'Pad of opset 18, some axes, one of them cut': single(
      'Pad',
      {},
      { pads: ints(1, -2, -1, 2), value: { shape: [], values: [0.5] }, axes: ints(-1, 2) },
      18,
    ),
    'Slice by threes and twos': single(
      'Slice',
      {},
      { starts: ints(0, 1), ends: ints(1000, 1000), axes: ints(2, 3), steps: ints(4, 3) },
    ),
    HardSwish: single('HardSwish'),
    Gelu: single('Gelu', {}, {}, 20),
    'Gelu, approximated': single('Gelu', { approximate: 'tanh' }, {}, 20),
    Mish: single('Mish', {}, {}, 18),
    Selu: single('Selu'),
    'Celu by its alpha': single('Celu', { alpha: { float: 0.5 } }),
    'LogSoftmax over channels': single('LogSoftmax', { axis: 1 }),
    'LayerNormalization over rows and columns': single(
      'LayerNormalization',
      { axis: 2, epsilon: { float: 1e-3 } },
      { scale: weight([6, 5]), shift: weight([6, 5], 2) },
    ),
    'GroupNormalization, one scale a channel': single(
      'GroupNormalization',
      { num_groups: 3 },
      { scale: weight([3]), shift: weight([3], 2) },
      21,
    ),
    'GroupNormalization of opset 18, one scale a group': single(
      'GroupNormalization',
      { num_groups: 1 },
      { scale: weight([1]), shift: weight([1], 2) },
      18,
    ),
    'Sum of three': {
      nodes: [{ op: 'Sum', inputs: ['x', 'b', 'x'], output: 'y' }],
      initializers: { b: weight([3, 1, 1]) },
    },
    'ReduceProd over rows': single('ReduceProd', { axes: [2], keepdims: 1 }),
    'ReduceL2 over channels': single('ReduceL2', { axes: [1], keepdims: 1 }),
    'ReduceSumSquare over all': single('ReduceSumSquare', { axes: [0, 1, 2, 3], keepdims: 1 }),
    'ReduceMean of opset 18': single('ReduceMean', {}, { axes: ints(2, 3) }, 18),
    'ReduceSum of no axes, which does nothing': single('ReduceSum', { noop_with_empty_axes: 1 }),
    GlobalMaxPool: single('GlobalMaxPool'),
    'Expand of one channel to three': {
      nodes: [
        { op: 'Slice', inputs: ['x', 'zero', 'one', 'one'], output: 'first' },
        { op: 'Expand', inputs: ['first', 'shape'], output: 'y' },
      ],
      initializers: { zero: ints(0), one: ints(1), shape: ints(3, 1, 1) },
    },
    Tile: single('Tile', {}, { repeats: ints(1, 2, 1, 3) }),
    'SpaceToDepth of the half': {
      nodes: [
        { op: 'Slice', inputs: ['x', 'zero', 'four', 'columns'], output: 'even' },
        { op: 'SpaceToDepth', inputs: ['even'], output: 'y', attributes: { blocksize: 2 } },
      ],
      initializers: { zero: ints(0), four: ints(4), columns: ints(3) },
    },
    ...Object.fromEntries(
      ['DCR', 'CRD'].map((mode) => [
        `DepthToSpace, ${mode}`,
        {
          nodes: [
            { op: 'Concat', inputs: ['x', 'b', 'x'], output: 'deep', attributes: { axis: 1 } },
            { op: 'DepthToSpace', inputs: ['deep'], output: 'y', attributes: { blocksize: 2, mode } },
          ],
          initializers: { b: weight([2, 2, 6, 5]) },
        },
      ]),
    ),
    'Where one is less than another': {
      nodes: [
        { op: 'Less', inputs: ['x', 'b'], output: 'less' },
        { op: 'Where', inputs: ['less', 'b', 'x'], output: 'y' },
      ],
      initializers: { b: weight([3, 1, 1]) },
    },
    'whole numbers of a float type, which divide with a rest': {
      nodes: [
        { op: 'Shape', inputs: ['x'], output: 's', attributes: { start: 2, end: 3 } },
        { op: 'Cast', inputs: ['s'], output: 'rows', attributes: { to: 1 } },
        { op: 'Div', inputs: ['rows', 'four'], output: 'share' },
        { op: 'Mul', inputs: ['x', 'share'], output: 'y' },
      ],
      initializers: { four: floats(4) },
    },
    'a shape that is chosen, and a product of it': {
      nodes: [
        { op: 'Shape', inputs: ['x'], output: 's', attributes: { start: 1 } },
        { op: 'Equal', inputs: ['s', 'three'], output: 'same' },
        { op: 'Where', inputs: ['same', 'one', 's'], output: 'chosen' },
        { op: 'ReduceProd', inputs: ['s'], output: 'all', attributes: { keepdims: 1 } },
        { op: 'Concat', inputs: ['minus', 'all'], output: 'flat', attributes: { axis: 0 } },
        { op: 'Reshape', inputs: ['x', 'flat'], output: 'rows' },
        { op: 'Reshape', inputs: ['rows', 'back'], output: 'image' },
        { op: 'Expand', inputs: ['image', 'chosen'], output: 'y' },
      ],
      initializers: { three: ints(3), one: ints(1), minus: ints(-1), back: ints(-1, 3, 6, 5) },
    },
    'Reshape with 0 and −1': single('Reshape', {}, { shape: ints(0, -1, 5) }),
    'Transpose to channels last': single('Transpose', { perm: [0, 2, 3, 1] }),
    'Transpose of rows and columns': single('Transpose', { perm: [0, 1, 3, 2] }),
    Flatten: single('Flatten'),
    'Gather of channels': single('Gather', { axis: 1 }, { at: ints(2, 0, -1, 1) }),
    'ReduceMean of space': single('ReduceMean', { axes: [2, 3], keepdims: 1 }),
    'ReduceMax over channels': single('ReduceMax', { axes: [1], keepdims: 1 }),
    'ReduceMin over rows': single('ReduceMin', { axes: [2], keepdims: 0 }),
    'ReduceMean without axes kept': single('ReduceMean', { axes: [1], keepdims: 0 }),
    GlobalAveragePool: single('GlobalAveragePool'),
    BatchNormalization: single(
      'BatchNormalization',
      { epsilon: { float: 1e-3 } },
      {
        scale: weight([3]),
        shift: weight([3], 2),
        mean: weight([3], 3),
        variance: { shape: [3], values: [0.5, 1, 2] },
      },
    ),
    InstanceNormalization: single('InstanceNormalization', {}, { scale: weight([3]), shift: weight([3], 2) }),
    'MaxPool with sides': single('MaxPool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    'MaxPool rounding up': single('MaxPool', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
    AveragePool: single('AveragePool', { kernel_shape: [2, 2], strides: [2, 2] }),
    'AveragePool, sides not counted': single('AveragePool', {
      kernel_shape: [3, 3],
      strides: [1, 1],
      pads: [1, 1, 1, 1],
    }),
    'AveragePool, sides counted': single('AveragePool', {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 0, 1, 1],
      count_include_pad: 1,
    }),
    'Resize linear, half pixels': single(
      'Resize',
      { mode: 'linear', coordinate_transformation_mode: 'half_pixel' },
      { none, none2: none, sizes: ints(2, 3, 9, 11) },
    ),
    'Resize linear, corners aligned': single(
      'Resize',
      { mode: 'linear', coordinate_transformation_mode: 'align_corners' },
      { none, scales: floats(1, 1, 2, 2) },
    ),
    'Resize linear, from the origin': single(
      'Resize',
      { mode: 'linear', coordinate_transformation_mode: 'asymmetric' },
      { none, scales: floats(1, 1, 2, 1.6) },
    ),
    'Resize to the nearest, from the origin': single(
      'Resize',
      { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      { none, scales: floats(1, 1, 2, 3) },
    ),
    'Resize to the nearest by default, twice as large': single(
      'Resize',
      {},
      { none, scales: floats(1, 1, 2, 2) },
    ),
    'Upsample of opset 9': single('Upsample', { mode: 'linear' }, { scales: floats(1, 1, 2, 2) }, 9),
    'Split and joined in another order': {
      nodes: [
        { op: 'Split', inputs: ['x', 'parts'], outputs: ['a', 'b'], attributes: { axis: 1 } },
        { op: 'Concat', inputs: ['b', 'a'], output: 'y', attributes: { axis: 1 } },
      ],
      initializers: { parts: ints(1, 2) },
    },
    'a size that follows from the image': {
      nodes: [
        { op: 'MaxPool', inputs: ['x'], output: 'p', attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
        { op: 'Shape', inputs: ['x'], output: 's' },
        { op: 'Slice', inputs: ['s', 'two', 'four'], output: 'hw' },
        { op: 'Shape', inputs: ['p'], output: 'q' },
        { op: 'Gather', inputs: ['q', 'zero'], output: 'n0' },
        { op: 'Unsqueeze', inputs: ['n0', 'axis'], output: 'n' },
        { op: 'Concat', inputs: ['n', 'three', 'hw'], output: 'size', attributes: { axis: 0 } },
        { op: 'Resize', inputs: ['p', '', '', 'size'], output: 'r', attributes: { mode: 'linear' } },
        { op: 'Add', inputs: ['r', 'x'], output: 'y' },
      ],
      initializers: {
        two: ints(2),
        four: ints(4),
        zero: { shape: [], values: [0], integer: true },
        axis: ints(0),
        three: ints(3),
      },
    },
    'Gemm of what was flattened': {
      nodes: [
        { op: 'Flatten', inputs: ['x'], output: 'f' },
        { op: 'Gemm', inputs: ['f', 'a', 'b'], output: 'y', attributes: { transB: 1 } },
      ],
      initializers: { a: weight([4, 90]), b: weight([4]) },
    },
  };
  test.each(Object.entries(cases))('%s', (_, model) => compare(model, [2, 3, 6, 5]));
  test.each([
    'Relu',
    'Sigmoid',
    'Tanh',
    'Elu',
    'Softplus',
    'Exp',
    'Abs',
    'Ceil',
    'Sign',
    'Reciprocal',
    'Neg',
    'Floor',
    'Erf',
    'Identity',
    'Dropout',
  ])('%s', (op) => compare(single(op), [2, 3, 4, 5]));

  const window = fc.record({
    size: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    pads: fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 2 }))),
    dilation: fc.integer({ min: 1, max: 2 }),
    groups: fc.constantFrom(1, 2, 4),
    bias: fc.boolean(),
    auto: fc.constantFrom('NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'),
    height: fc.integer({ min: 8, max: 11 }),
    width: fc.integer({ min: 8, max: 11 }),
  });

  test('Conv, whatever its window', async () => {
    await fc.assert(
      fc.asyncProperty(
        window,
        async ({ size, strides, pads, dilation, groups, bias, auto, height, width }) => {
          // TensorFlow.js does not take strides and dilations together.
          const step = dilation > 1 && !auto.startsWith('SAME') ? [1, 1] : strides;
          const attributes = {
            strides: step,
            dilations: auto.startsWith('SAME') ? [1, 1] : [dilation, dilation],
            group: groups,
            ...(auto === 'NOTSET' ? { pads } : { auto_pad: auto }),
          };
          const kernel = weight([8, 4 / groups, ...size]);
          const model = single('Conv', attributes, { kernel, ...(bias && { bias: weight([8], 2) }) });
          await compare({ ...model, input: ['n', 4, 'h', 'w'] }, [1, 4, height, width]);
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  test('ConvTranspose and pools, whatever their windows', async () => {
    await fc.assert(
      fc.asyncProperty(window, async ({ size, strides, pads, bias, height, width }) => {
        const reach = size.map((length, i) => Math.min(pads[i]!, length - 1));
        const sides = [...reach, ...reach];
        const further = strides.map((stride) => stride - 1);
        const kernel = weight([4, 2, ...size]);
        const up = single(
          'ConvTranspose',
          { strides, pads: sides, output_padding: further },
          { kernel, ...(bias && { bias: weight([2], 2) }) },
        );
        await compare({ ...up, input: ['n', 4, 'h', 'w'] }, [1, 4, height - 5, width - 5]);
        const half = size.map((length, i) => Math.min(pads[i]!, Math.floor(length / 2)));
        const pool = { kernel_shape: size, strides, pads: [...half, ...half], ceil_mode: Number(bias) };
        await compare(single('MaxPool', pool), [1, 3, height, width]);
        await compare(single('AveragePool', pool), [1, 3, height, width]);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

const small: WrittenModel = {
  nodes: [
    {
      op: 'Conv',
      inputs: ['x', 'down.weight', 'down.bias'],
      output: 'a',
      attributes: { pads: [1, 1, 1, 1] },
    },
    { op: 'BatchNormalization', inputs: ['a', 'n.weight', 'n.bias', 'n.mean', 'n.var'], output: 'b' },
    { op: 'Relu', inputs: ['b'], output: 'c' },
    { op: 'MaxPool', inputs: ['c'], output: 'd', attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    { op: 'ConvTranspose', inputs: ['d', 'up.weight'], output: 'e', attributes: { strides: [2, 2] } },
    { op: 'Concat', inputs: ['c', 'e'], output: 'f', attributes: { axis: 1 } },
    { op: 'Conv', inputs: ['f', 'head.weight'], output: 'y' },
  ],
  initializers: {
    'down.weight': weight([4, 3, 3, 3]),
    'down.bias': weight([4]),
    'n.weight': floats(1, 0.5, 2, 1),
    'n.bias': weight([4], 2),
    'n.mean': weight([4], 3),
    'n.var': floats(1, 2, 0.5, 1),
    'up.weight': weight([4, 2, 2, 2]),
    'head.weight': weight([2, 6, 1, 1]),
  },
  metadata: { classes: 'background,cell' },
};

describe('a network of them', () => {
  test('is a model like ours: shapes, sizes, statistics that are not trained, metadata', async () => {
    await compare(small, [2, 3, 8, 6]);
    const { model, params, metadata } = onnxModel(writeModel(small));
    expect(model.shapes['down.weight']).toEqual([3, 3, 3, 4]);
    expect(model.shapes['up.weight']).toEqual([2, 2, 2, 4]);
    expect(Object.keys(params)).toEqual(Object.keys(small.initializers!));
    expect(Object.keys(params).filter((name) => !model.isTrainable(name))).toEqual(['n.mean', 'n.var']);
    expect(model.inputSizeFor([15, 16])).toEqual([16, 16]);
    expect(model.outputSize([16, 8])).toEqual([16, 8]);
    expect(model.summary([8, 8])).toMatchObject({ parameters: 172, trainable: 164, outputSize: [8, 8] });
    expect(metadata).toEqual({ classes: 'background,cell' });
    dispose(params as never);
  });

  test('trains: batch statistics, moved running ones, and gradients as finite differences have them', () => {
    const { model, params } = onnxModel(writeModel(small));
    const images = tensor(wave(2 * 8 * 8 * 3), [2, 8, 8, 3]);
    const { logits, updates } = model.forward(params, images, { training: true });
    expect(Object.keys(updates)).toEqual(['n.mean', 'n.var']);
    expect(Array.from(updates['n.mean']!.dataSync())).not.toEqual(Array.from(params['n.mean']!.dataSync()));
    const names = ['down.weight', 'n.weight', 'up.weight', 'head.weight'];
    const loss = (given: Record<string, Tensor>) => mean(square(model.apply(given, images)));
    const found = grads((...given: Tensor[]) =>
      loss({ ...params, ...Object.fromEntries(names.map((name, i) => [name, given[i]!])) }),
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
    dispose([logits, updates, found, images, params] as never);
  });

  test('where the channels are is told from the declared lengths, or asked', () => {
    const last = (input: WrittenModel['input']) => writeModel({ ...single('Relu'), input: input! });
    const { model } = onnxModel(last(['n', 'h', 'w', 3]));
    const image = tensor([1, -1, 2], [1, 1, 1, 3]);
    expect(model.apply({}, image)).toBeAllclose(tensor([1, 0, 2], [1, 1, 1, 3]));
    expect(() => onnxModel(last(['n', 'c', 'h', 'w']))).toThrow(
      "onnxModel: the input 'x' is shaped [n, c, h, w], which does not say where the channels are. Give channels: 'first' (PyTorch) or 'last'.",
    );
    expect(() => onnxModel(last(['n', 3, 'w']))).toThrow(
      "its input 'x' is shaped [n, 3, w]. Models of images [batch, channels, height, width] and of volumes",
    );
    expect(() => onnxModel(last(undefined), { channels: 'middle' as never })).toThrow("'first' or 'last'");
    expect(() => onnxModel(last(['n', 3, 4, 4]), { output: 'z' })).toThrow(
      "there is no output 'z'; expected one of y.",
    );
    image.dispose();
  });
});

describe('what cannot be run is refused by name', () => {
  const refused = (model: WrittenModel) => {
    try {
      const { model: made, params } = onnxModel(writeModel(model), { channels: 'first' });
      made.apply(params, tensor(wave(90), [1, 6, 5, 3])).dispose();
    } catch (error) {
      return error as { code: string; message: string };
    }
    throw new Error('was not refused');
  };
  test.each([
    [
      'kinds of nodes',
      {
        nodes: [
          { op: 'LSTM', inputs: ['x'], output: 'a' },
          { op: 'Einsum', inputs: ['a'], output: 'y' },
        ],
      },
      'the model has nodes that are not supported: LSTM, Einsum.',
    ],
    [
      'settings',
      single('Conv', { pads: [0, 0, -1, 0] }, { kernel: weight([2, 3, 2, 2]) }),
      "Conv 'the Conv of y' with negative pads is not supported.",
    ],
    [
      'modes',
      single(
        'Resize',
        { coordinate_transformation_mode: 'tf_crop_and_resize' },
        { none, scales: floats(1, 1, 2, 2) },
      ),
      'with coordinate_transformation_mode tf_crop_and_resize is not supported',
    ],
    [
      'corners of lengths that factors do not give',
      single(
        'Resize',
        { mode: 'linear', coordinate_transformation_mode: 'align_corners' },
        { none, scales: floats(1, 1, 2, 1.5) },
      ),
      'with aligned corners and factors that give no whole lengths is not supported',
    ],
    [
      'windows of other axes than the images have',
      single('MaxPool', { kernel_shape: [2, 2, 2] }),
      'with 3 spatial axes is not supported',
    ],
    [
      'further results',
      {
        nodes: [
          { op: 'MaxPool', inputs: ['x'], outputs: ['m', 'at'], attributes: { kernel_shape: [2, 2] } },
          { op: 'Cast', inputs: ['at'], output: 'y', attributes: { to: 1 } },
        ],
      },
      "MaxPool 'the MaxPool of m' with its result 1 in use is not supported",
    ],
    [
      'dropout that drops',
      single(
        'Dropout',
        {},
        { ratio: { shape: [], values: [0.5] }, on: { shape: [], values: [1], integer: true } },
      ),
      "Dropout 'the Dropout of y' with training_mode is not supported",
    ],
    [
      'borders beyond the image',
      single('Pad', { mode: 'reflect' }, { pads: ints(0, 0, 0, 5, 0, 0, 0, 0) }),
      'with mode reflect and sides of 5 around 5 values is not supported',
    ],
    [
      'new opsets',
      { ...single('Relu'), opset: 99 },
      'the model is of opset 99. Export it with an opset from 7 to 27.',
    ],
    [
      'sizes that images decide',
      { nodes: [{ op: 'Reshape', inputs: ['x', 'x'], output: 'y' }] },
      "the lengths of Reshape 'the Reshape of y' follow from the data of an image",
    ],
  ] satisfies [string, WrittenModel, string][])('%s', (_, model, message) => {
    const error = refused(model);
    expect(error.code).toBe('UNSUPPORTED_FORMAT');
    expect(error.message).toContain(message);
  });

  test('bytes that are cut, flipped, or no model: a typed error, and no tensor is left', () => {
    const bytes = writeModel(small);
    const tensors = memory().numTensors;
    for (const wrong of [
      new Uint8Array(),
      new Uint8Array(64),
      new TextEncoder().encode('PK\u0003\u0004 no model'),
    ])
      expect(() => onnxModel(wrong)).toThrow(expect.objectContaining({ code: 'CORRUPT_CHECKPOINT' }));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        fc.boolean(),
        (at, value, cut) => {
          const damaged = cut
            ? bytes.slice(0, at)
            : Uint8Array.from(bytes, (byte, i) => (i === at ? value : byte));
          try {
            dispose(onnxModel(damaged).params as never);
          } catch (error) {
            expect((error as { code?: string }).code).toMatch(
              /^(CORRUPT_CHECKPOINT|UNSUPPORTED_FORMAT|BAD_OPTION)$/,
            );
          }
        },
      ),
      { numRuns: 1000 },
    );
    expect(memory().numTensors).toBe(tensors);
  });
});
