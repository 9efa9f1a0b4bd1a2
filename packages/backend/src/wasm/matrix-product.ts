import {
  backend_util,
  cast,
  clone,
  concat,
  reshape,
  type Tensor,
  tidy,
  transpose,
  util,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Attrs, Inputs } from '../kernels/registry.js';
import { runKernel } from '../kernels/run-kernel.js';
import { batchOf, repeatsInRuns, stretchedStack } from '../kernels/stretching.js';
import { biasAndActivation, hasChannelBias } from './fused.js';
import { part } from './planes.js';

/** Below so many products of numbers the backend's own loop is done before matrices are taken apart. */
const few = 4096;

/** Rows, inner length and columns of a product of matrices. */
function extent({ a, b }: Inputs, { transposeA, transposeB }: Attrs): [number, number, number] {
  const [rows, inner] = a!.shape.slice(-2) as [number, number];
  const columns = b!.shape.at(transposeB ? -2 : -1)!;
  return transposeA ? [inner, rows, columns] : [rows, inner, columns];
}

/** Two plain matrices of floats, for which the backend has a fast form that is right. */
function isPlain(inputs: Inputs, attrs: Attrs): boolean {
  const operands = [inputs.a!, inputs.b!];
  return (
    !attrs.transposeA &&
    !attrs.transposeB &&
    !extent(inputs, attrs).includes(0) &&
    operands.every((x) => x.dtype === 'float32' && util.sizeFromShape(x.shape.slice(0, -2)) === 1)
  );
}

/** Rows and columns that a matrix had when it first stood on the right, by its data. */
const firstShapes = new WeakMap<object, string>();

/**
 * Whether a matrix on the right has the rows and columns that it had there before: the backend packs its numbers once, and a reshaped
 * one is the same data to it.
 */
function isPackedSo({ dataId, shape }: Tensor): boolean {
  const own = shape.slice(-2).join();
  const first = firstShapes.get(dataId);
  if (first === undefined) firstShapes.set(dataId, own);
  return first === undefined || first === own;
}

/** Whether the backend's own product will do: other matrices it multiplies number by number. */
export function multipliesWell(inputs: Inputs, attrs: Attrs): boolean {
  if (isPlain(inputs, attrs)) return isPackedSo(inputs.b!);
  const products = util.sizeFromShape(extent(inputs, attrs));
  return (
    inputs.a!.dtype === 'float32' &&
    inputs.b!.dtype === 'float32' &&
    products > 0 &&
    products < few &&
    repeatsInRuns(inputs)
  );
}

/** Matrices in a row, `[count, rows, columns]`, the right way up. */
function stack(x: Tensor, transposed: unknown): Tensor {
  const matrices = reshape(x, [-1, ...x.shape.slice(-2)]);
  return transposed ? transpose(matrices, [0, 2, 1]) : matrices;
}

/** The backend's own product of two plain matrices. */
const plainProduct = (a: Tensor, b: Tensor): Tensor =>
  runKernel('BatchMatMul', { a, b }, { transposeA: false, transposeB: false });

/** `a · b` of floats; matrices that are shared join the rows of one product, others are multiplied one after the other. */
function product(a: Tensor, b: Tensor, attrs: Attrs): Tensor {
  const outer = batchOf({ a, b });
  const [rows, inner, columns] = extent({ a, b }, attrs);
  const shape = [...outer, rows, columns];
  if (inner === 0 || util.sizeFromShape(shape) === 0) return zeros(shape);
  const count = util.sizeFromShape(outer);
  const all = (x: Tensor) =>
    util.sizeFromShape(x.shape.slice(0, -2)) === count ? x : stretchedStack(x, outer);
  const left = stack(all(a), attrs.transposeA);
  if (util.sizeFromShape(b.shape.slice(0, -2)) === 1)
    return reshape(plainProduct(reshape(left, [1, count * rows, inner]), stack(b, attrs.transposeB)), shape);
  const right = stack(all(b), attrs.transposeB);
  const products = Array.from({ length: count }, (_, i) =>
    plainProduct(reshape(part(left, i), [1, rows, inner]), reshape(part(right, i), [1, inner, columns])),
  );
  return reshape(concat(products, 0), shape);
}

/** `BatchMatMul` of any matrices; whole numbers are multiplied as floats, exactly up to 2²⁴. */
export const matrixProduct = ({ a, b }: Inputs, attrs: Attrs): Tensor =>
  tidy(() => {
    const type = backend_util.upcastType(a!.dtype, b!.dtype);
    const [left, right] = [cast(a!, 'float32'), cast(b!, 'float32')];
    // A copy has numbers of its own.
    return cast(product(left, isPackedSo(right) ? right : clone(right), attrs), type);
  });

/** Whether the backend's own fused product will do. */
export const fusesPlain = (inputs: Inputs, attrs: Attrs): boolean =>
  hasChannelBias(inputs) && isPlain(inputs, attrs) && isPackedSo(inputs.b!);

/** `_FusedMatMul` as its parts. */
export const fusedMatrixProduct = (inputs: Inputs, attrs: Attrs): Tensor =>
  tidy(() => {
    const { transposeA, transposeB } = attrs;
    const plain = runKernel('BatchMatMul', { a: inputs.a!, b: inputs.b! }, { transposeA, transposeB });
    return biasAndActivation(plain, inputs, attrs);
  });
