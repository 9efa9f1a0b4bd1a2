import { backend_util, type DataType } from '@tensorflow/tfjs-core';
import type { BinaryName, UnaryName } from '../../lowering/kernels.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule } from '../../lowering/rule.js';
import { finite, wrapped } from '../../lowering/stored-integers.js';
import type { TypedShape } from '../../program.js';

export type Build = (to: Lowering, names: readonly string[], dtype: DataType) => string;

/** The one result of a kernel of one operand, from that operand. */
type Infer = (inputs: { readonly x: TypedShape }) => readonly TypedShape[];

export const sameAsInput: Infer = ({ x }) => [x];

/** One operand, the result of its shape and type. */
export function unary(build: Build | string, infer: Infer = sameAsInput): Rule<UnaryName> {
  const write: Build = typeof build === 'string' ? (to, names) => to.emit(build, names) : build;
  return {
    infer,
    lower: (to, { x }, _attrs, [output]) => to.elementwise([x], output, (names) => write(to, names, x.dtype)),
  };
}

/** The result of the shape of the operand and a type of its own. */
export const as =
  (dtype: DataType): Infer =>
  ({ x }) => [{ shape: x.shape, dtype }];

export const asBool = as('bool');

/** Computes in single precision, whatever the type of the operands. */
export const inFloats =
  (build: Build | string): Build =>
  (to, names, dtype) => {
    const floats = names.map((name) => to.cast(name, dtype, 'float32'));
    return typeof build === 'string' ? to.emit(build, floats) : build(to, floats, 'float32');
  };

/** Integers, or floats, in double precision, as TensorFlow.js computes, and the result an integer. */
export const inDoubles =
  (build: (to: Lowering, names: readonly string[]) => string): Build =>
  (to, names) => {
    // GPUs have no double precision; integers beyond 2²⁴ are rounded there.
    const wide = names.map((name) => to.graph.cast(name, to.gpu ? 'float32' : 'float64'));
    const result = build(to, wide);
    if (to.gpu) return to.cast(finite(to.graph, result), 'float32', 'int32');
    // Powers and quotients may leave the 64 bits, too, by which the rest is taken.
    const modulus = to.graph.constant(2 ** 32, 'float64');
    return wrapped(to.graph, to.emit('Mod', [result, modulus], { fmod: 1 }), 'float64');
  };

/** Two operands that broadcast; `fold` computes on constants that are all alike. */
export function binary(
  build: Build | string,
  { result, fold }: { result?: DataType; fold?: (a: number, b: number) => number } = {},
): Rule<BinaryName> {
  const write: Build = typeof build === 'string' ? (to, names) => to.emit(build, names) : build;
  return {
    infer: ({ a, b }) => [
      {
        shape: backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]),
        dtype: result ?? a.dtype,
      },
    ],
    lower(to, { a, b }, _attrs, [output]) {
      if (fold && a.splat !== undefined && b.splat !== undefined)
        return to.splat(output, fold(a.splat, b.splat));
      return to.elementwise([a, b], output, (names) => write(to, names, a.dtype));
    },
  };
}
