import type { WrittenModel, WrittenNode, WrittenTensor } from './write-model.js';

export const wave = (count: number, seed = 1) =>
  Array.from({ length: count }, (_, i) => Math.round(1000 * Math.sin(seed + 1.7 * i)) / 1000);
const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
export const weight = (shape: readonly number[], seed = 1): WrittenTensor => ({
  shape,
  values: wave(product(shape), seed),
});
export const ints = (...values: number[]): WrittenTensor => ({
  shape: [values.length],
  values,
  integer: true,
});
export const floats = (...values: number[]): WrittenTensor => ({ shape: [values.length], values });

export const single = (
  op: string,
  attributes: WrittenNode['attributes'] = {},
  initializers: Readonly<Record<string, WrittenTensor>> = {},
  opset = 17,
): WrittenModel => ({
  opset,
  nodes: [
    {
      op,
      inputs: ['x', ...Object.keys(initializers).map((name) => (name.startsWith('none') ? '' : name))],
      output: 'y',
      attributes,
    },
  ],
  initializers: Object.fromEntries(Object.entries(initializers).filter(([name]) => !name.startsWith('none'))),
});
/** The place of an input that is left out. */
export const none = ints();
