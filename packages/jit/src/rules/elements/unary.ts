import type { DataType } from '@tensorflow/tfjs-core';
import { refuseBooleans } from '../../lowering/booleans.js';
import type { UnaryName } from '../../lowering/kernels.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { as, type Build, inFloats, sameAsInput, unary } from './operand-rules.js';

/** A bound as the type holds it; there are no infinite integers. */
const bound = (n: number, dtype: DataType) =>
  dtype === 'float32' ? n : Math.trunc(Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, n)));

const clip: Rule<'ClipByValue'> = {
  infer: sameAsInput,
  lower: (to, { x }, attrs, [output]) =>
    to.elementwise([x], output, ([name]) => {
      refuseBooleans(x.dtype);
      return to.emit('Clip', [
        name!,
        to.number(bound(attrs.clipValueMin, x.dtype), x.dtype),
        to.number(bound(attrs.clipValueMax, x.dtype), x.dtype),
      ]);
    }),
};

const cast: Rule<'Cast'> = {
  infer: ({ x }, attrs) => [{ shape: x.shape, dtype: attrs.dtype }],
  lower(to, { x }, attrs, [output]) {
    const dtype = attrs.dtype;
    if (x.splat !== undefined) return to.splat(output, dtype === 'bool' ? Number(x.splat !== 0) : x.splat);
    return to.elementwise([x], output, ([name]) =>
      dtype === 'bool' ? to.cast(name!, x.dtype, dtype) : to.converted(name!, x.dtype, dtype),
    );
  },
};

/** Those that ONNX has by the same name. */
const namesakes = [
  ...(['Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Ceil', 'Cos', 'Cosh', 'Erf', 'Floor'] as const),
  ...(['Log', 'Sigmoid', 'Sin', 'Sinh', 'Sqrt', 'Tan', 'Tanh'] as const),
];
type Namesake = (typeof namesakes)[number];

/** For rules that leave a boolean, 0 or 1, as it is. */
const keepingBooleans =
  (build: Build): Build =>
  (to, names, dtype) =>
    dtype === 'bool' ? names[0]! : build(to, names, dtype);

/** Of integers by way of a difference: GPU providers know both of floats alone. */
const negative: Build = (to, [x], dtype) => {
  refuseBooleans(dtype);
  return to.gpu && dtype === 'int32' ? to.emit('Sub', [to.number(0, dtype), x!]) : to.emit('Neg', [x!]);
};
const absolute: Build = (to, [x], dtype) =>
  to.gpu && dtype === 'int32' ? to.emit('Max', [x!, negative(to, [x!], dtype)]) : to.emit('Abs', [x!]);

/** To the nearest integer, of two the even one; from its floor where the provider has no rounding. */
const round: Build = (to, [x], dtype) => {
  if (dtype === 'int32') return x!;
  if (!to.gpu) return to.emit('Round', [x!]);
  const below = to.emit('Floor', [x!]);
  const half = to.emit('Mul', [below, to.number(0.5)]);
  const odd = to.emit('Mul', [to.emit('Sub', [half, to.emit('Floor', [half])]), to.number(2)]);
  const rest = to.emit('Sub', [x!, below]);
  const up = to.emit('Where', [to.emit('Greater', [rest, to.number(0.5)]), to.number(1), to.number(0)]);
  const step = to.emit('Where', [to.emit('Equal', [rest, to.number(0.5)]), odd, up]);
  return to.emit('Where', [
    to.emit('Greater', [step, to.number(0)]),
    to.emit('Add', [below, to.number(1)]),
    below,
  ]);
};

/** As TensorFlow.js has it, the sign of NaN is 0; GPU providers have no sign. */
const sign: Build = (to, [x], dtype) => {
  if (dtype === 'int32' && !to.gpu) return to.emit('Sign', [x!]);
  if (dtype === 'int32') return to.cast(inFloats(sign)(to, [x!], dtype), 'float32', dtype);
  const zero = to.number(0);
  if (!to.gpu) return to.emit('Where', [to.emit('IsNaN', [x!]), zero, to.emit('Sign', [x!])]);
  const negative = to.emit('Where', [to.emit('Less', [x!, zero]), to.number(-1), zero]);
  return to.emit('Where', [to.emit('Greater', [x!, zero]), to.number(1), negative]);
};

/** Of integers 1, −1, or 0 of all that are further away, as of 0 itself. */
const reciprocal: Build = (to, [x], dtype) => {
  refuseBooleans(dtype);
  if (dtype === 'float32') return to.emit('Reciprocal', [x!]);
  const near = to.emit('Equal', [absolute(to, [x!], dtype), to.number(1, dtype)]);
  return to.emit('Where', [near, x!, to.number(0, dtype)]);
};

/**
 * A function near 0, where it is about its argument and 1 stands in the way: what rounding did to the argument is undone by the
 * ratio of both; `lost` where nothing was left of it. Kahan, after HP-15C Advanced Functions Handbook, 1982.
 */
const aroundOne = (to: Lowering, x: string, plain: string, [lost, rounded]: readonly [string, string]) =>
  to.emit('Where', [
    to.emit('Less', [to.emit('Abs', [x]), to.number(1)]),
    to.emit('Where', [lost, x, to.emit('Mul', [plain, to.emit('Div', [x, rounded])])]),
    plain,
  ]);

const expm1: Build = (to, [x]) => {
  const power = to.emit('Exp', [x!]);
  const plain = to.emit('Sub', [power, to.number(1)]);
  if (to.gpu) return plain;
  return aroundOne(to, x!, plain, [to.emit('Equal', [power, to.number(1)]), to.emit('Log', [power])]);
};

const log1p: Build = (to, [x]) => {
  const sum = to.emit('Add', [x!, to.number(1)]);
  const plain = to.emit('Log', [sum]);
  if (to.gpu) return plain;
  const rounded = to.emit('Sub', [sum, to.number(1)]);
  return aroundOne(to, x!, plain, [to.emit('Equal', [rounded, to.number(0)]), rounded]);
};

export const unaries = {
  ...(Object.fromEntries(namesakes.map((op) => [op, unary(op)])) as Record<Namesake, Rule<UnaryName>>),
  Abs: unary(keepingBooleans(absolute)),
  // The one that is of floats whatever it is given.
  Exp: unary(inFloats('Exp'), as('float32')),
  Neg: unary(negative),
  Reciprocal: unary(reciprocal),
  Round: unary(keepingBooleans(round)),
  Sign: unary(keepingBooleans(sign)),
  Rsqrt: unary((to, [x]) => to.emit('Reciprocal', [to.emit('Sqrt', [x!])])),
  Square: unary(keepingBooleans((to, [x]) => to.emit('Mul', [x!, x!]))),
  Expm1: unary(expm1),
  Log1p: unary(log1p),
  ClipByValue: clip,
  Cast: cast,
} satisfies Rules;
