import { sizeOf } from '@segscape/core';
import { inLayout, type Layout } from '../../lowering/layout.js';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';

/** Writes a reduction of an ONNX value over physical axes. */
export type Reduce = (
  to: Lowering,
  name: string,
  axes: readonly number[],
  keepDims: boolean,
  whole: { x: LoweredTensor; layout: Layout },
) => string;

/**
 * A sum over one short axis with much behind it (classes, channels) is a product with a row of ones: the general reduction walks
 * memory against its order there.
 */
function shortAxis(
  to: Lowering,
  name: string,
  over: readonly number[],
  keepDims: boolean,
  { x, layout }: { x: LoweredTensor; layout: Layout },
): string | undefined {
  const dims = inLayout(x.shape, layout);
  const axis = over[0]!;
  const behind = sizeOf(dims.slice(axis + 1));
  const count = dims[axis]!;
  if (over.length !== 1 || x.dtype !== 'float32' || count > 32 || count < 2 || behind < longSum)
    return undefined;
  const ahead = dims.slice(0, axis);
  const matrix = to.reshape(name, dims, [...ahead, count, behind]);
  const ones = to.graph.filled(1, 'float32', [1, count]);
  const sums = to.emit('MatMul', [ones, matrix]);
  return to.reshape(sums, [], [...ahead, ...(keepDims ? [1] : []), ...dims.slice(axis + 1)]);
}

/** Sums longer than this are made in two steps. */
export const longSum = 4096;

/** The divisor of `n` nearest to its root from below. */
function rootDivisor(n: number): number {
  let d = Math.floor(Math.sqrt(n));
  while (n % d !== 0) d--;
  return d;
}

/**
 * A long sum over the last axes as sums of rows, then of their results: all cores share the rows, and the rounding error of single
 * precision grows with the root of the length only.
 */
export function longTail(
  to: Lowering,
  name: string,
  over: readonly number[],
  { x, layout }: { x: LoweredTensor; layout: Layout },
): string | undefined {
  const dims = inLayout(x.shape, layout);
  const first = dims.length - over.length;
  const size = sizeOf(dims.slice(first));
  const trailing = over.every((axis) => axis >= first);
  if (!trailing || size < longSum || x.dtype !== 'float32') return undefined;
  const rows = rootDivisor(size);
  if (rows < 8) return undefined;
  const lead = dims.slice(0, first);
  const split = to.reshape(name, dims, [...lead, rows, size / rows]);
  const sums = to.emit('ReduceSum', [split, to.ints([first + 1])], { keepdims: 0 });
  return to.emit('ReduceSum', [sums, to.ints([first])], { keepdims: 0 });
}

/**
 * A sum over batch and space of a channels-first tensor (every bias gradient) is a product with ones,
 * which runs on all cores; the general reduction does not.
 */
export const total: Reduce = (to, name, over, keepDims, { x, layout }) => {
  if (over.length === 0) return name;
  const [batch, channels, ...space] = inLayout(x.shape, layout);
  const perChannel =
    layout === 'first' && x.dtype === 'float32' && !over.includes(1) && over.length === x.shape.length - 1;
  if (!perChannel) {
    const short = shortAxis(to, name, over, keepDims, { x, layout });
    if (short !== undefined) return short;
    const long = longTail(to, name, over, { x, layout });
    if (long === undefined)
      return to.emit('ReduceSum', [name, to.ints([...over].sort((a, b) => a - b))], {
        keepdims: Number(keepDims),
      });
    const dims = inLayout(x.shape, layout);
    return keepDims
      ? to.reshape(
          long,
          [],
          dims.map((n, axis) => (over.includes(axis) ? 1 : n)),
        )
      : long;
  }
  const area = sizeOf(space);
  const rows = to.reshape(name, inLayout(x.shape, layout), [batch! * channels!, area]);
  const sums = to.emit('MatMul', [rows, to.graph.filled(1, 'float32', [area, 1])]);
  const perImage = to.reshape(sums, [], [batch!, channels!]);
  const result =
    batch === 1
      ? to.reshape(perImage, [], [channels!])
      : to.emit('ReduceSum', [perImage, to.ints([0])], { keepdims: 0 });
  return keepDims ? to.reshape(result, [], [1, channels!, ...space.map(() => 1)]) : result;
};
