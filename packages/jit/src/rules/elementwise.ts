import type { DataType } from '@tensorflow/tfjs-core';
import type { Lowering } from './lowering.js';
import { broadcast } from './lowering.js';
import type { Rule } from './rule.js';

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

/** Two operands that broadcast; `fold` computes on constants that are all alike. */
export function binary(
  build: Build | string,
  { result, fold }: { result?: DataType; fold?: (a: number, b: number) => number } = {},
): Rule {
  const write: Build = typeof build === 'string' ? (to, names) => to.emit(build, names) : build;
  return {
    infer: ({ a, b }) => [{ shape: broadcast(a!.shape, b!.shape), dtype: result ?? a!.dtype }],
    lower(to, { a, b }, _attrs, [output]) {
      if (fold && a!.splat !== undefined && b!.splat !== undefined)
        return to.splat(output!, Math.fround(fold(a!.splat, b!.splat)));
      return to.elementwise([a!, b!], output!, (names) => write(to, names, a!.dtype));
    },
  };
}
