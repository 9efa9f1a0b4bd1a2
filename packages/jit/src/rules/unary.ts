import type { DataType } from '@tensorflow/tfjs-core';
import { type Build, sameAsInput, unary } from './elementwise.js';
import type { Lowering } from './lowering.js';
import type { Rule, Rules } from './rule.js';

const clip: Rule = {
  infer: sameAsInput,
  lower: (to, { x }, attrs, [output]) =>
    to.elementwise([x!], output!, ([name]) =>
      to.emit('Clip', [
        name!,
        to.number(attrs.clipValueMin as number, x!.dtype),
        to.number(attrs.clipValueMax as number, x!.dtype),
      ]),
    ),
};

/** What no integer can stand for becomes 0, as in a typed array. */
function finite(to: Lowering, name: string): string {
  const fits = to.emit('Less', [to.emit('Abs', [name]), to.number(2 ** 31)]);
  return to.emit('Where', [fits, name, to.number(0)]);
}

const cast: Rule = {
  infer: ({ x }, attrs) => [{ shape: x!.shape, dtype: attrs.dtype as DataType }],
  lower(to, { x }, attrs, [output]) {
    const dtype = attrs.dtype as DataType;
    if (x!.splat !== undefined)
      return to.splat(
        output!,
        dtype === 'bool' ? Number(x!.splat !== 0) : dtype === 'int32' ? Math.trunc(x!.splat) : x!.splat,
      );
    return to.elementwise([x!], output!, ([name]) =>
      to.cast(x!.dtype === 'float32' && dtype === 'int32' ? finite(to, name!) : name!, x!.dtype, dtype),
    );
  },
};

const simple =
  'Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Erf Exp Floor Log Reciprocal Sigmoid Sin Sinh Sqrt Tan Tanh';

/** Of integers by way of a difference: GPU providers know both of floats alone. */
const negative: Build = (to, [x], dtype) =>
  to.gpu && dtype === 'int32' ? to.emit('Sub', [to.number(0, dtype), x!]) : to.emit('Neg', [x!]);
const absolute: Build = (to, [x], dtype) =>
  to.gpu && dtype === 'int32' ? to.emit('Max', [x!, negative(to, [x!], dtype)]) : to.emit('Abs', [x!]);

/** To the nearest integer, of two the even one; from its floor where the provider has no rounding. */
const round: Build = (to, [x], dtype) => {
  if (!to.gpu) return to.emit('Round', [x!]);
  if (dtype === 'int32') return x!;
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
const sign: Rule = unary((to, [x]) => {
  const zero = to.number(0);
  if (!to.gpu) return to.emit('Where', [to.emit('IsNaN', [x!]), zero, to.emit('Sign', [x!])]);
  const negative = to.emit('Where', [to.emit('Less', [x!, zero]), to.number(-1), zero]);
  return to.emit('Where', [to.emit('Greater', [x!, zero]), to.number(1), negative]);
});

export const unaries: Rules = {
  ...Object.fromEntries(simple.split(' ').map((op) => [op, unary(op)])),
  Abs: unary(absolute),
  Neg: unary(negative),
  Round: unary(round),
  Sign: sign,
  Rsqrt: unary((to, [x]) => to.emit('Reciprocal', [to.emit('Sqrt', [x!])])),
  Square: unary((to, [x]) => to.emit('Mul', [x!, x!])),
  Expm1: unary((to, [x]) => to.emit('Sub', [to.emit('Exp', [x!]), to.number(1)])),
  Log1p: unary((to, [x]) => to.emit('Log', [to.emit('Add', [x!, to.number(1)])])),
  ClipByValue: clip,
  Cast: cast,
};
