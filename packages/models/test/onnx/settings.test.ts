import { describe, test } from 'vitest';
import { compare } from './against-runtime.js';
import { floats, ints, none, single, weight } from './single-node.js';
import type { WrittenModel } from './write-model.js';

const resize = (attributes: Readonly<Record<string, string | number>>, opset = 19, ...scales: number[]) =>
  single('Resize', attributes, { none, scales: floats(1, 1, ...scales) }, opset);
const resizeTo = (attributes: Readonly<Record<string, string | number>>, height: number, width: number) =>
  single('Resize', attributes, { none1: none, none2: none, sizes: ints(1, 3, height, width) }, 19);

/** Settings of nodes beside their usual ones, over images of one by three channels, six rows and five columns. */
describe('settings of nodes against ONNX Runtime', () => {
  const cases: Record<string, WrittenModel> = {
    'Elu by its alpha': single('Elu', { alpha: { float: 2 } }),
    'Selu by its alpha and gamma': single('Selu', { alpha: { float: 2 }, gamma: { float: 3 } }),
    'Max of three': {
      nodes: [{ op: 'Max', inputs: ['x', 'a', 'b'], output: 'y' }],
      initializers: { a: weight([3, 1, 1]), b: weight([1, 3, 6, 5], 5) },
    },
    'Min of one': { nodes: [{ op: 'Min', inputs: ['x'], output: 'y' }] },
    'Mean of two': {
      nodes: [{ op: 'Mean', inputs: ['x', 'a'], output: 'y' }],
      initializers: { a: weight([5]) },
    },
    'Mod as in C': single('Mod', { fmod: 1 }, { b: { shape: [], values: [0.3] } }),
    Round: {
      nodes: [
        { op: 'Mul', inputs: ['x', 'four'], output: 'a' },
        { op: 'Round', inputs: ['a'], output: 'y' },
      ],
      initializers: { four: { shape: [], values: [4] } },
    },
    'Clip between bounds that cross': single(
      'Clip',
      {},
      { low: { shape: [], values: [0.5] }, high: { shape: [], values: [0.2] } },
    ),
    'Slice backwards': single(
      'Slice',
      {},
      { starts: ints(-1, 4, 1), ends: ints(-1000, 0, -1000), axes: ints(-1, 2, 1), steps: ints(-2, -1, -1) },
    ),
    'Split into unequal parts': {
      opset: 18,
      nodes: [
        { op: 'Split', inputs: ['x'], outputs: ['a', 'b'], attributes: { axis: 3, num_outputs: 2 } },
        { op: 'Concat', inputs: ['b', 'a'], output: 'y', attributes: { axis: -1 } },
      ],
    },
    'Gather along the last axis': single('Gather', { axis: -1 }, { at: ints(-1, 0, 2) }),
    'Pad around': single('Pad', { mode: 'wrap' }, { pads: ints(0, 0, 2, 1, 0, 1, 0, 3) }, 19),
    'MatMul over axes of both': {
      nodes: [
        { op: 'Unsqueeze', inputs: ['x', 'two'], output: 'a' },
        { op: 'MatMul', inputs: ['a', 'b'], output: 'y' },
      ],
      initializers: { two: ints(2), b: weight([1, 1, 2, 5, 2]) },
    },
    'MatMul with a vector': single('MatMul', {}, { b: weight([5]) }),
    'Conv with strides and steps': single(
      'Conv',
      { strides: [2, 1], dilations: [2, 2], pads: [1, 2, 1, 0] },
      { kernel: weight([4, 3, 2, 2]) },
    ),
    'ConvTranspose in groups': single(
      'ConvTranspose',
      { group: 3, strides: [2, 2], pads: [0, 1, 1, 0] },
      { kernel: weight([3, 2, 3, 2]), bias: weight([6]) },
    ),
    'ConvTranspose with steps': single(
      'ConvTranspose',
      { strides: [2, 1], dilations: [1, 2], output_padding: [1, 0] },
      { kernel: weight([3, 2, 2, 3]) },
    ),
    'ConvTranspose to a shape': single(
      'ConvTranspose',
      { strides: [2, 2], output_shape: [11, 10] },
      { kernel: weight([3, 2, 3, 3]) },
    ),
    'ConvTranspose to multiples, odd at the end': single(
      'ConvTranspose',
      { strides: [2, 2], auto_pad: 'SAME_UPPER' },
      { kernel: weight([3, 2, 3, 3]) },
    ),
    'ConvTranspose to multiples, odd at the beginning': single(
      'ConvTranspose',
      { strides: [2, 2], auto_pad: 'SAME_LOWER' },
      { kernel: weight([3, 2, 3, 3]) },
    ),
    'MaxPool with steps': single('MaxPool', {
      kernel_shape: [2, 3],
      dilations: [2, 1],
      strides: [2, 1],
      pads: [1, 1, 0, 1],
      ceil_mode: 1,
    }),
    'AveragePool with steps': single(
      'AveragePool',
      { kernel_shape: [2, 2], dilations: [2, 2], pads: [1, 0, 1, 1], count_include_pad: 0 },
      {},
      19,
    ),
    'Resize by cubes': resize({ mode: 'cubic' }, 13, 1.5, 2),
    'Resize by cubes, nothing beyond the ends': resizeTo({ mode: 'cubic', exclude_outside: 1 }, 4, 9),
    'Resize by cubes from corner to corner': resizeTo(
      { mode: 'cubic', coordinate_transformation_mode: 'align_corners' },
      9,
      4,
    ),
    'Resize linear by a factor that is cut': resize({ mode: 'linear' }, 19, 1.1, 0.7),
    'Resize with the middle in the middle': resize(
      { mode: 'linear', coordinate_transformation_mode: 'half_pixel_symmetric' },
      19,
      0.7,
      1.1,
    ),
    'Resize to a single row': resizeTo(
      { mode: 'linear', coordinate_transformation_mode: 'pytorch_half_pixel' },
      1,
      3,
    ),
    'Resize to the nearest, half-way down': resizeTo({ nearest_mode: 'round_prefer_floor' }, 4, 3),
    'Resize to the nearest, half-way up': resizeTo(
      { nearest_mode: 'round_prefer_ceil', coordinate_transformation_mode: 'asymmetric' },
      4,
      7,
    ),
    'Resize to the nearest above': resizeTo(
      { nearest_mode: 'ceil', coordinate_transformation_mode: 'align_corners' },
      7,
      4,
    ),
    'Resize of opset 10, which rounds up where it shrinks': single(
      'Resize',
      { mode: 'nearest' },
      { scales: floats(1, 1, 0.6, 1.4) },
      10,
    ),
    'Resize of some axes in another order': single(
      'Resize',
      { mode: 'linear', axes: [3, 2] },
      { none, scales: floats(2, 1.5) },
      18,
    ),
    'Resize with its ratio kept': single(
      'Resize',
      { mode: 'linear', axes: [2, 3], keep_aspect_ratio_policy: 'not_larger' },
      { none1: none, none2: none, sizes: ints(9, 9) },
      18,
    ),
    'Resize of channels': single('Resize', { mode: 'nearest' }, { none, scales: floats(1, 2, 1, 1) }),
  };
  test.each(Object.entries(cases))('%s', (_, model) => compare(model, [1, 3, 6, 5]));
});
