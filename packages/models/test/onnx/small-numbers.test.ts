import { onnxModel } from '@segscape/models/onnx';
import { dispose, grad, mul, square, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { floats, ints, none, single } from './single-node.js';
import { type WrittenModel, type WrittenTensor, writeModel } from './write-model.js';

const ofOne = (model: WrittenModel) =>
  onnxModel(writeModel({ input: ['n', 1, 'h', 'w'], ...model }), { channels: 'first' });

/** What a model makes of one row of values, `[1, 1, 1, values]` by its own order of axes. */
function ofRow(model: WrittenModel, values: readonly number[]): number[] {
  const { model: made, params } = ofOne(model);
  const images = tensor([...values], [1, 1, values.length, 1]);
  const found = made.apply(params, images);
  const numbers = Array.from(found.dataSync());
  dispose([images, found, ...Object.values(params)]);
  return numbers;
}

const scalar = (value: number): WrittenTensor => ({ shape: [], values: [value] });

describe('numbers on the host', () => {
  test('broadcast as those on the device: a column and a row of them are a table', () => {
    const found = ofRow(
      {
        nodes: [
          { op: 'Add', inputs: ['column', 'row'], output: 'table' },
          { op: 'Reshape', inputs: ['table', 'line'], output: 'steps' },
          { op: 'Cast', inputs: ['steps'], output: 'numbers', attributes: { to: 1 } },
          { op: 'Mul', inputs: ['x', 'numbers'], output: 'y' },
        ],
        initializers: {
          column: { shape: [2, 1], values: [10, 20], integer: true },
          row: { shape: [1, 2], values: [1, 2], integer: true },
          line: ints(4),
        },
      },
      [1, 1, 1, 1],
    );
    expect(found).toEqual([11, 12, 21, 22]);
  });

  test('lie one behind the other along the axis that is asked for', () => {
    const found = ofRow(
      {
        nodes: [
          { op: 'Concat', inputs: ['a', 'b'], output: 'table', attributes: { axis: 1 } },
          { op: 'Reshape', inputs: ['table', 'line'], output: 'steps' },
          { op: 'Cast', inputs: ['steps'], output: 'numbers', attributes: { to: 1 } },
          { op: 'Mul', inputs: ['x', 'numbers'], output: 'y' },
        ],
        initializers: {
          a: { shape: [2, 1], values: [1, 2], integer: true },
          b: { shape: [2, 2], values: [3, 4, 5, 6], integer: true },
          line: ints(6),
        },
      },
      [1, 1, 1, 1, 1, 1],
    );
    expect(found).toEqual([1, 3, 4, 2, 5, 6]);
  });

  test('of a float type divide as such, wherever they come from', () => {
    const halved = (nodes: WrittenModel['nodes'], initializers: WrittenModel['initializers'] = {}) =>
      ofRow(
        {
          nodes: [
            ...nodes,
            { op: 'Div', inputs: ['made', 'two'], output: 'half' },
            { op: 'Mul', inputs: ['x', 'half'], output: 'y' },
          ],
          initializers: { two: floats(2), ...initializers },
        },
        [1, 1],
      );
    const range = halved([{ op: 'Range', inputs: ['zero', 'four', 'step'], output: 'made' }], {
      zero: scalar(1),
      four: scalar(5),
      step: scalar(2),
    });
    expect(range).toEqual([0.5, 1.5]);
  });
});

test('integers of images divide towards zero, those that are no multiples too', () => {
  const found = ofRow(
    {
      nodes: [
        { op: 'Cast', inputs: ['x'], output: 'whole', attributes: { to: 7 } },
        { op: 'Div', inputs: ['whole', 'two'], output: 'half' },
        { op: 'Cast', inputs: ['half'], output: 'y', attributes: { to: 1 } },
      ],
      initializers: { two: ints(2) },
    },
    [7, -7, 4],
  );
  expect(found).toEqual([3, -3, 2]);
});

test('whatever is not 0 is true', () => {
  const found = ofRow(
    {
      nodes: [
        { op: 'Cast', inputs: ['x'], output: 'any', attributes: { to: 9 } },
        { op: 'Cast', inputs: ['any'], output: 'y', attributes: { to: 1 } },
      ],
    },
    [0.5, 0, -3],
  );
  expect(found).toEqual([1, 0, 1]);
});

test('lengths of 0 are 0 where a Reshape says so', () => {
  const shaped = (allowzero: number) => {
    const { model, params } = ofOne({
      nodes: [
        { op: 'Slice', inputs: ['x', 'zero', 'zero', 'axis'], output: 'empty' },
        { op: 'Reshape', inputs: ['empty', 'shape'], output: 'y', attributes: { allowzero } },
      ],
      initializers: { zero: ints(0), axis: ints(2), shape: ints(3, 0) },
    });
    return tidy(() => model.apply(params, tensor([1, 2, 3], [1, 1, 3, 1])).shape);
  };
  expect(shaped(1)).toEqual([3, 0]);
  expect(() => shaped(0)).toThrow('Reshape');
});

test('an attribute that proto3 leaves out is 0, not its default', () => {
  const softmax = (attributes: NonNullable<WrittenModel['nodes'][number]['attributes']>) =>
    ofRow({ ...single('Softmax', attributes), opset: 13 }, [1, 1]);
  expect(softmax({})).toEqual([0.5, 0.5]);
  // Over the first axis there is one value each.
  expect(softmax({ axis: { typeAlone: 2 } })).toEqual([1, 1]);
});

test('initialisers of every type of numbers', () => {
  const of = (type: number, array: ArrayBufferView) => {
    const bytes = new Uint8Array(array.buffer);
    return ofRow(
      {
        nodes: [
          { op: 'Cast', inputs: ['some'], output: 'numbers', attributes: { to: 1 } },
          { op: 'Mul', inputs: ['x', 'numbers'], output: 'y' },
        ],
        initializers: { some: { shape: [2], values: [], stored: { type, bytes } } },
      },
      [1, 1],
    );
  };
  expect(of(4, Uint16Array.of(3, 65535))).toEqual([3, 65535]);
  expect(of(5, Int16Array.of(3, -2))).toEqual([3, -2]);
  expect(of(12, Uint32Array.of(3, 2 ** 31))).toEqual([3, 2 ** 31]);
  expect(of(13, BigUint64Array.of(3n, 2n ** 40n))).toEqual([3, 2 ** 40]);
  expect(of(16, Uint16Array.of(0x3fc0, 0xc040))).toEqual([1.5, -3]);
});

test('pixels alone keep their axes', () => {
  const { model, params } = ofOne({
    nodes: [
      { op: 'MaxPool', inputs: ['x'], output: 'm', attributes: { kernel_shape: [1, 1] } },
      { op: 'Add', inputs: ['m', 'm'], output: 'y' },
    ],
  });
  const images = tensor([3], [1, 1, 1, 1]);
  const found = model.apply(params, images);
  expect(found.shape).toEqual([1, 1, 1, 1]);
  expect(found.dataSync()[0]).toBe(6);
  dispose([images, found]);
});

test('smaller images by widened triangles: each result a mean over what it stands for', () => {
  // Half as long: places ½, 2½, weights 1/8 · (1, 3, 3, 1), at the ends with what is repeated there.
  const halved = single(
    'Resize',
    { mode: 'linear', antialias: 1 },
    { none, scales: floats(1, 1, 1, 0.5) },
    18,
  );
  expect(ofRow(halved, [8, 0, 0, 0])).toEqual([4, 0]);
  expect(ofRow(halved, [0, 8, 0, 0])).toEqual([3, 1]);
});

test('the gradient of mirrored borders is that of the values they are of', () => {
  const mirrored = single('Pad', { mode: 'reflect' }, { pads: ints(0, 0, 0, 1, 0, 0, 0, 2) });
  const { model, params } = ofOne(mirrored);
  const slopes = tidy(() => {
    // Of [a, b, c] it is [b, a, b, c, b, a].
    const weights = tensor([1, 10, 100, 1000, 10000, 100000], [1, 1, 6, 1]);
    const value = (x: Tensor) => sum(mul(model.apply(params, x), weights));
    return Array.from(grad(value)(tensor([1, 2, 3], [1, 1, 3, 1])).dataSync());
  });
  expect(slopes).toEqual([100010, 10101, 1000]);
});

test('factors of lengths are no weights, wherever they stand', () => {
  const { model, params } = ofOne({
    nodes: [
      { op: 'Shape', inputs: ['x'], output: 'shape' },
      { op: 'Cast', inputs: ['shape'], output: 'lengths', attributes: { to: 1 } },
      { op: 'Mul', inputs: ['lengths', 'factors'], output: 'wanted' },
      { op: 'Cast', inputs: ['wanted'], output: 'sizes', attributes: { to: 7 } },
      { op: 'Resize', inputs: ['x', '', '', 'sizes'], output: 'y' },
    ],
    initializers: { factors: floats(1, 1, 1, 2) },
  });
  expect(Object.keys(params)).toEqual([]);
  const images = tensor([1, 2, 3], [1, 1, 3, 1]);
  const found = model.apply(params, images);
  expect(Array.from(found.dataSync())).toEqual([1, 1, 2, 2, 3, 3]);
  dispose([images, found]);
});

test.each([
  ['by cubes', { mode: 'cubic' }, [1, 1, 1, 1.5]],
  ['by widened triangles', { mode: 'linear', antialias: 1 }, [1, 1, 1, 0.5]],
  ['to the nearest by a cut factor', { mode: 'nearest' }, [1, 1, 1, 0.7]],
] as const)(
  'the gradient of resizing %s: along the image a quadratic grows by twice its value',
  (_, how, by) => {
    const { model, params } = ofOne(single('Resize', how, { none, scales: floats(...by) }, 18));
    const [along, value] = tidy(() => {
      const images = tensor([3, -1, 4, 1, -5, 9], [1, 1, 6, 1]);
      const squares = (x: Tensor) => sum(square(model.apply(params, x)));
      return [sum(mul(grad(squares)(images), images)).dataSync()[0]!, squares(images).dataSync()[0]!];
    });
    expect(along / value).toBeCloseTo(2, 5);
  },
);

test('what decides how much dropout drops is no weight', () => {
  const { params } = ofOne(single('Dropout', {}, { ratio: scalar(0.5) }));
  expect(Object.keys(params)).toEqual([]);
});
