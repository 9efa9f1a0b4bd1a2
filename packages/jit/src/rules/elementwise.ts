import { backend_util, type DataType } from '@tensorflow/tfjs-core';
import type { Lowering } from './lowering.js';
import type { Rule } from './rule.js';
import { finite, wrapped } from './stored.js';

export type Build = (to: Lowering, names: readonly string[], dtype: DataType) => string;

export const sameAsInput: Rule['infer'] = (inputs) => [Object.values(inputs)[0]!];

/** One operand, the result of its shape and type. */
export function unary(build: Build | string, infer: Rule['infer'] = sameAsInput): Rule {
  const write: Build = typeof build === 'string' ? (to, names) => to.emit(build, names) : build;
  return {
    infer,
    lower(to, inputs, _attrs, [output]) {
      const operand = Object.values(inputs)[0]!;
      return to.elementwise([operand], output!, (names) => write(to, names, operand.dtype));
    },
  };
}

export const asBool: Rule['infer'] = (inputs) => [{ shape: Object.values(inputs)[0]!.shape, dtype: 'bool' }];

/** The result of the shape of the operand and a type of its own. */
export const as =
  (dtype: DataType): Rule['infer'] =>
  (inputs) => [{ shape: Object.values(inputs)[0]!.shape, dtype }];

/** Computes in single precision, whatever the type of the operands. */
export const inFloats =
  (build: Build | string): Build =>
  (to, names, dtype) => {
    const floats = names.map((name) => to.cast(name, dtype, 'float32'));
    return typeof build === 'string' ? to.emit(build, floats) : build(to, floats, 'float32');
  };

/** For rules whose numbers a boolean cannot hold, which is 0 or 1. */
export function refuseBooleans(dtype: DataType): void {
  if (dtype === 'bool') throw new Error('its results are no booleans: cast them to int32 first');
}

/** Integers, or floats, in double precision, as TensorFlow.js computes, and the result an integer. */
export const inDoubles =
  (build: (to: Lowering, names: readonly string[]) => string): Build =>
  (to, names) => {
    // GPUs have no double precision; integers beyond 2²⁴ are rounded there.
    const wide = names.map((name) => to.emit('Cast', [name], { to: to.gpu ? 1 : 11 }));
    const result = build(to, wide);
    return to.gpu ? to.cast(finite(to, result), 'float32', 'int32') : wrapped(to, result, 'float64');
  };

/** Two operands that broadcast; `fold` computes on constants that are all alike. */
export function binary(
  build: Build | string,
  { result, fold }: { result?: DataType; fold?: (a: number, b: number) => number } = {},
): Rule {
  const write: Build = typeof build === 'string' ? (to, names) => to.emit(build, names) : build;
  return {
    infer: ({ a, b }) => [
      {
        shape: backend_util.assertAndGetBroadcastShape([...a!.shape], [...b!.shape]),
        dtype: result ?? a!.dtype,
      },
    ],
    lower(to, { a, b }, _attrs, [output]) {
      if (fold && a!.splat !== undefined && b!.splat !== undefined)
        return to.splat(output!, rounded(fold(a!.splat, b!.splat), output!.dtype));
      return to.elementwise([a!, b!], output!, (names) => write(to, names, a!.dtype));
    },
  };
}

/** As an array of the type keeps it. */
const rounded = (n: number, dtype: DataType) => (dtype === 'float32' ? Math.fround(n) : n | 0);
