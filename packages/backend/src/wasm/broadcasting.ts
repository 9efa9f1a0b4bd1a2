import {
  broadcast_util,
  broadcastTo,
  cast,
  concat,
  equal,
  onesLike,
  reshape,
  scalar,
  type Tensor,
  tidy,
  tile,
  transpose,
  util,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { axisByAxis } from '../kernels/axis-by-axis.js';
import type { Attrs, Inputs, Kernel } from '../kernels/registry.js';
import { bare, isEnd } from '../kernels/stretching.js';

/** Up to so many numbers the backend's own way, element by element, is done before another is begun. */
const few = 256;

/** `count` copies of `[1, …]`, one after the other; the copies are copied, so that few are written singly. */
function repeated(x: Tensor, count: number): Tensor {
  if (count <= 8) return count === 1 ? x : concat(Array<Tensor>(count).fill(x), 0);
  const half = repeated(x, count >> 1);
  return concat(count % 2 === 0 ? [half, half] : [half, half, x], 0);
}

/** Copies along every axis, in whole runs: the backend's own computes each number's place. */
export const tiled = (x: Tensor, reps: readonly number[]): Tensor =>
  tidy(() =>
    axisByAxis(x, (rows, axis) => {
      const [outer, n, inner] = rows.shape as [number, number, number];
      const count = reps[axis]!;
      if (count === 1) return rows;
      const copies = reshape(repeated(reshape(rows, [1, rows.size]), count), [count, outer, n * inner]);
      return reshape(outer === 1 ? copies : transpose(copies, [1, 0, 2]), [outer, n * count, inner]);
    }),
  );

/** Whether the backend's own tiling will do. */
export const tilesWell = ({ x }: Inputs, { reps }: Attrs): boolean =>
  x!.dtype === 'string' || x!.size * util.sizeFromShape(reps as number[]) < few;

/** Kernels of two operands that compute each number's place unless one operand is the end of the other's shape. */
export const stretching = [
  ...['Maximum', 'Minimum', 'Pow', 'Atan2', 'LogicalAnd', 'LogicalOr'],
  ...['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'],
];

/** These stretch floats by themselves, and fast. */
export const stretchingWhole = ['Add', 'Sub', 'Multiply', 'RealDiv', 'SquaredDifference'];

const outputShape = ({ a, b }: Inputs) => broadcast_util.assertAndGetBroadcastShape(a!.shape, b!.shape);

/** Whether the backend's own stretching of the operands will do. */
export function stretchesWell(inputs: Inputs): boolean {
  const shape = outputShape(inputs);
  return (
    util.sizeFromShape(shape) < few || [inputs.a!, inputs.b!].every((operand) => isEnd(operand.shape, shape))
  );
}

/** The operand without leading ones, and copied where that is not the end of `shape`. */
function alongside(operand: Tensor, shape: readonly number[]): Tensor {
  const own = bare(operand.shape);
  if (isEnd(own, shape)) return reshape(operand, own);
  const full = [...Array<number>(shape.length - operand.rank).fill(1), ...operand.shape];
  return tile(
    reshape(operand, full),
    full.map((n, i) => (n === 1 ? shape[i]! : 1)),
  );
}

/** A kernel of two operands, given them as it is fast at. */
export const stretched: Kernel = (inputs, _attrs, own) =>
  tidy(() => {
    const shape = outputShape(inputs);
    const [a, b] = [inputs.a!, inputs.b!].map((operand) => alongside(operand, shape)) as [Tensor, Tensor];
    return reshape(own({ a, b }), shape);
  });

/** The remainder; by 0 it is 0, as by 1. */
export const remainder: Kernel = (inputs, attrs, own) =>
  tidy(() => {
    const { a, b } = inputs as { readonly a: Tensor; readonly b: Tensor };
    const sound = b.dtype === 'int32' ? where(equal(b, scalar(0, 'int32')), onesLike(b), b) : b;
    return stretched({ a, b: sound }, attrs, own);
  });

/** The quotient without its fraction; of whole numbers by 0 it is 0. */
export const wholeQuotient: Kernel = (inputs, attrs, own) =>
  tidy(() => {
    const { a, b } = inputs as { readonly a: Tensor; readonly b: Tensor };
    if (a.dtype !== 'int32') return cast(stretched(inputs, attrs, own), 'int32');
    const none = equal(b, scalar(0, 'int32'));
    const quotient = stretched({ a, b: where(none, onesLike(b), b) }, attrs, own);
    return where(broadcastTo(none, quotient.shape), zerosLike(quotient), quotient);
  });
