import {
  backend_util,
  cast,
  cumsum,
  div,
  equal,
  fill,
  type GradConfig,
  max,
  min,
  mul,
  reshape,
  reverse,
  sum,
  type Tensor,
  transpose,
  util,
} from '@tensorflow/tfjs-core';
import type { Attrs } from '../kernels/registry.js';
import { unary } from './rule.js';
import { prefixProducts, recurrence, shift, suffixProducts } from './scan.js';

const reducedAxes = (x: Tensor, axes: unknown) => util.parseAxisParam(axes as number | number[], x.shape);

/** A reduction's result or gradient, with the axes that went as ones. */
const kept = (y: Tensor, x: Tensor, axes: number[]) =>
  reshape(y, backend_util.expandShapeToKeepDim(reducedShape(x, axes), axes));

const reducedShape = (x: Tensor, axes: readonly number[]) => x.shape.filter((_, i) => !axes.includes(i));

/** The gradient goes to what was largest (or least), in equal parts where several were. */
const extreme = (kernelName: string, of: typeof max) =>
  unary(kernelName, (dy, x, { reductionIndices, axis }) => {
    const axes = reducedAxes(x, reductionIndices ?? axis);
    const holds = cast(equal(x, of(x, axes, true)), 'float32');
    return mul(div(kept(dy, x, axes), sum(holds, axes, true)), holds);
  });

/** Runs `fn` on rows: the axes of one group, flattened, are the last. */
function onRows(x: Tensor, axes: readonly number[], fn: (rows: Tensor) => Tensor): Tensor {
  const order = [...x.shape.keys()].filter((i) => !axes.includes(i)).concat(axes);
  const turned = transpose(x, order);
  const rows = fn(reshape(turned, [...reducedShape(x, axes), axes.reduce((n, i) => n * x.shape[i]!, 1)]));
  return transpose(reshape(rows, turned.shape), backend_util.getUndoAxesPermutation(order));
}

/**
 * A gradient or a share of it for everything that was added up. The ones are made where they are used: sent to no graphics card, held by
 * no trace.
 */
const everywhere = (dy: Tensor, x: Tensor, axes: number[], count = 1): Tensor => {
  const each = kept(dy, x, axes);
  return mul(count === 1 ? each : div(each, count), fill(x.shape, 1));
};

/** Each gets the product of the others, right also where some are zero. */
function productGradient(dy: Tensor, x: Tensor, { axis }: Attrs): Tensor {
  const axes = reducedAxes(x, axis ?? [...x.shape.keys()]);
  const others = onRows(x, axes, (rows) =>
    mul(shift(prefixProducts(rows), 1, 1), shift(suffixProducts(rows), -1, 1)),
  );
  return mul(kept(dy, x, axes), others);
}

/** Σ_(k ≥ i) dy_k · Π_(j ≤ k, j ≠ i) x_j: what came before, times a recurrence over what follows. */
function cumulativeProductGradient(dy: Tensor, x: Tensor, { axis, exclusive, reverse: back }: Attrs): Tensor {
  const axes = reducedAxes(x, axis);
  const turn = (t: Tensor) => (back ? reverse(t, axes) : t);
  const gradient = onRows(turn(dy), axes, (rows) => (exclusive ? shift(rows, -1, 0) : rows));
  const before = onRows(turn(x), axes, (rows) => shift(prefixProducts(rows), 1, 1));
  const following = onRows(turn(x), axes, (rows) => shift(rows, -1, 1));
  const order = [...x.shape.keys()].filter((i) => !axes.includes(i)).concat(axes);
  const sums = recurrence(transpose(gradient, order), transpose(following, order));
  return turn(mul(before, transpose(sums, backend_util.getUndoAxesPermutation(order))));
}

export const reductions: readonly GradConfig[] = [
  unary('Sum', (dy, x, { axis }) => everywhere(dy, x, reducedAxes(x, axis))),
  unary('Mean', (dy, x, { axis }) => {
    const axes = reducedAxes(x, axis);
    return everywhere(
      dy,
      x,
      axes,
      axes.reduce((count, n) => count * x.shape[n]!, 1),
    );
  }),
  extreme('Max', max),
  extreme('Min', min),
  unary('Prod', productGradient),
  unary('Cumsum', (dy, _x, { axis, exclusive, reverse: back }) =>
    cumsum(dy, axis as number, exclusive as boolean, !back),
  ),
  unary('Cumprod', cumulativeProductGradient),
];
