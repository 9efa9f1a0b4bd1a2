import { concat, mirrorPad, pad, slice, type Tensor, tile } from '@tensorflow/tfjs-core';
import type { OnnxNode } from './parse.js';
import { axisIn, number, numbersOf, type Op, refuse, required, settings, text, type Value } from './value.js';

type Sides = readonly (readonly [number, number])[];

/** What a negative side says: the values there are cut off. */
function cropped(x: Tensor, sides: Sides): Tensor {
  if (sides.every(([before, after]) => before >= 0 && after >= 0)) return x;
  const begin = sides.map(([before]) => Math.max(0, -before));
  const size = x.shape.map((length, axis) => length - begin[axis]! - Math.max(0, -sides[axis]![1]));
  return slice(x, begin, size);
}

/** The first and last values of an axis, repeated; axis after axis, so that corners are those of the whole. */
function edged(x: Tensor, sides: Sides): Tensor {
  let result = x;
  for (const [axis, [before, after]] of sides.entries()) {
    const length = result.shape[axis]!;
    const repeated = (at: number, times: number) => {
      const begin = result.shape.map((_, i) => (i === axis ? at : 0));
      const size = result.shape.map((n, i) => (i === axis ? 1 : n));
      const one = slice(result, begin, size);
      return tile(
        one,
        size.map((_, i) => (i === axis ? times : 1)),
      );
    };
    const parts = [
      ...(before > 0 ? [repeated(0, before)] : []),
      result,
      ...(after > 0 ? [repeated(length - 1, after)] : []),
    ];
    if (parts.length > 1) result = concat(parts, axis);
  }
  return result;
}

/** Sides of each axis in memory: all befores, then all afters, of all axes or, from opset 18 on, of those that are listed. */
function sidesOf(
  node: OnnxNode,
  value: Value & { readonly kind: 'tensor' },
  given: readonly number[],
  over?: Value,
) {
  const { rank } = value.tensor;
  const axes = over ? numbersOf(node, over, 'axes') : Array.from({ length: rank }, (_, axis) => axis);
  const sides = Array.from({ length: rank }, (): [number, number] => [0, 0]);
  for (const [i, axis] of axes.entries()) sides[axisIn(value, axis)] = [given[i]!, given[i + axes.length]!];
  return sides;
}

const padded: Op = (node, [x, given, fillValue, over]) => {
  const value = required(node, x, 0);
  if (value.kind === 'known') throw refuse(node, 'constants');
  const all = sidesOf(node, value, settings(node, 'pads', given, 'sides')!, over);
  const left = cropped(value.tensor, all);
  const sides = all.map(([before, after]): [number, number] => [Math.max(0, before), Math.max(0, after)]);
  const framed = (frame: () => Tensor): Value => ({
    ...value,
    tensor: sides.every(([before, after]) => before + after === 0) ? left : frame(),
  });
  const mode = text(node, 'mode', 'constant');
  if (mode === 'constant') {
    const constant = fillValue ? numbersOf(node, fillValue, 'value')[0]! : number(node, 'value', 0);
    return framed(() => pad(left, sides, constant));
  }
  if (mode === 'edge') return framed(() => edged(left, sides));
  if (mode === 'reflect') return framed(() => mirrorPad(left, sides, 'reflect'));
  throw refuse(node, `mode ${mode}`);
};

export const paddingOps: Readonly<Record<string, Op>> = { Pad: padded };
