import { refuseBooleans } from '../../lowering/booleans.js';
import type { BinaryName } from '../../lowering/kernels.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { type Build, binary, inDoubles } from './operand-rules.js';

/** ONNX arithmetic has no bool; TensorFlow.js counts true as 1. */
const onNumbers =
  (op: string): Build =>
  (to, names, dtype) => {
    if (dtype !== 'bool') return to.emit(op, names);
    return to.cast(
      to.emit(
        op,
        names.map((name) => to.cast(name, 'bool', 'int32')),
      ),
      'int32',
      'bool',
    );
  };

/** Neutral constants vanish: gradients are full of products with ones. */
function withNeutral(
  rule: Rule<BinaryName>,
  neutral: number,
  sides: readonly ('a' | 'b')[],
): Rule<BinaryName> {
  return {
    ...rule,
    lower(to, inputs, attrs, outputs) {
      for (const side of sides) {
        const other = inputs[side === 'a' ? 'b' : 'a'];
        if (inputs[side].splat === neutral && other.splat === undefined && other.dtype !== 'bool')
          return to.elementwise([other], outputs[0], ([name]) => name!);
      }
      return rule.lower(to, inputs, attrs, outputs);
    },
  };
}

/** Rounds a division towards minus infinity, exactly; what is divided by 0 is 0. */
const floorDivide = inDoubles((to, names) => to.emit('Floor', [to.emit('Div', names)]));

/** Of integers without their fraction. */
const divide: Build = (to, names, dtype) => {
  refuseBooleans(dtype);
  return dtype === 'int32'
    ? inDoubles((_, wide) => to.emit('Div', wide))(to, names, dtype)
    : to.emit('Div', names);
};

const power: Build = (to, names, dtype) => {
  refuseBooleans(dtype);
  return dtype === 'int32'
    ? inDoubles((_, wide) => to.emit('Pow', wide))(to, names, dtype)
    : to.emit('Pow', names);
};

/** In JavaScript ±1 to a power that is not finite is NaN, in ONNX Runtime 1. */
const powerOfOnes: Build = (to, names, dtype) => {
  const result = power(to, names, dtype);
  if (dtype !== 'float32' || to.gpu) return result;
  const [a, b] = names as [string, string];
  const one = to.emit('Equal', [to.emit('Abs', [a]), to.number(1)]);
  const endless = to.emit('IsNaN', [to.emit('Mul', [b, to.number(0)])]);
  return to.emit('Where', [to.emit('And', [one, endless]), to.number(Number.NaN), result]);
};

const pow: Rule<BinaryName> = {
  ...binary(power),
  lower: (to, inputs, attrs, outputs) =>
    binary(Number.isFinite(inputs.b.splat) ? power : powerOfOnes).lower(to, inputs, attrs, outputs),
};

/** The remainder with the sign of the divisor. */
const modulo: Build = (to, names, dtype) => {
  refuseBooleans(dtype);
  if (to.gpu) return flooredModulo(to, names, dtype);
  const [a, b] = names as [string, string];
  if (dtype === 'int32') {
    // By 0 it is 0, and by -1 too; a processor stops the whole process at the first, and at -2³¹ by -1.
    const none = to.emit('Or', [
      to.emit('Equal', [b, to.number(0, dtype)]),
      to.emit('Equal', [b, to.number(-1, dtype)]),
    ]);
    return to.emit('Mod', [a, to.emit('Where', [none, to.number(1, dtype), b])]);
  }
  // In double precision, as TensorFlow.js: -1e-9 + 1 is 1 in single precision, whose remainder by 1 is 0.
  const [x, y] = [to.graph.cast(a, 'float64'), to.graph.cast(b, 'float64')];
  const zero = to.graph.constant(0, 'float64');
  const rest = to.emit('Mod', [x, y], { fmod: 1 });
  const agree = to.emit('Equal', [
    to.graph.cast(to.emit('Less', [x, zero]), 'int32'),
    to.graph.cast(to.emit('Less', [y, zero]), 'int32'),
  ]);
  const other = to.emit('Mod', [to.emit('Add', [rest, y]), y], { fmod: 1 });
  return to.graph.cast(to.emit('Where', [agree, rest, other]), 'float32');
};

/** The same without ONNX's `Mod`, which GPU providers lack: a − b·⌊a/b⌋. */
const flooredModulo: Build = (to, names, dtype) => {
  const [a, b] = names.map((name) => to.cast(name, dtype, 'float32')) as [string, string];
  const whole = to.emit('Mul', [b, to.emit('Floor', [to.emit('Div', [a, b])])]);
  return to.cast(to.emit('Sub', [a, whole]), 'float32', dtype);
};

const addN: Rule<'AddN'> = {
  infer: (inputs) => [Object.values(inputs)[0]!],
  lower(to, inputs, _attrs, [output]) {
    refuseBooleans(output.dtype);
    const parts = Object.values(inputs);
    return to.elementwise(parts, output, (names) => {
      const typed = names.map((name, i) => to.cast(name, parts[i]!.dtype, output.dtype));
      // ONNX Runtime sums lists of floats alone.
      return to.gpu || output.dtype === 'int32'
        ? typed.reduce((sum, name) => to.emit('Add', [sum, name]))
        : to.emit('Sum', typed);
    });
  },
};

/** ONNX has no atan2: the angle within the first quadrant, turned to where the signs, those of zeros too, put it. */
function atan2(to: Lowering, y: string, x: string): string {
  if (to.gpu) return coarseAtan2(to, y, x);
  const zero = to.number(0);
  const [tall, wide] = [to.emit('Abs', [y]), to.emit('Abs', [x])];
  const infinity = to.number(Number.POSITIVE_INFINITY);
  const both = (value: string) =>
    to.emit('And', [to.emit('Equal', [tall, value]), to.emit('Equal', [wide, value])]);
  const slope = to.emit('Where', [both(zero), zero, to.emit('Div', [tall, wide])]);
  const steep = to.emit('Where', [both(infinity), to.number(1), slope]);
  const angle = to.emit('Atan', [steep]);
  const isNegative = (name: string) => {
    const signed = to.emit('Where', [to.emit('Equal', [name, zero]), to.emit('Reciprocal', [name]), name]);
    return to.emit('Less', [signed, zero]);
  };
  const turned = to.emit('Where', [isNegative(x), to.emit('Sub', [to.number(Math.PI), angle]), angle]);
  return to.emit('Where', [isNegative(y), to.emit('Neg', [turned]), turned]);
}

/** Without the signs of zeros and infinities: atan(y/x), moved by π into the right half plane's mirror where x < 0. */
function coarseAtan2(to: Lowering, y: string, x: string): string {
  const zero = to.number(0);
  const base = to.emit('Atan', [to.emit('Div', [y, x])]);
  const turn = to.emit('Where', [to.emit('Less', [y, zero]), to.number(-Math.PI), to.number(Math.PI)]);
  const moved = to.emit('Where', [to.emit('Less', [x, zero]), to.emit('Add', [base, turn]), base]);
  const origin = to.emit('And', [to.emit('Equal', [x, zero]), to.emit('Equal', [y, zero])]);
  return to.emit('Where', [origin, zero, moved]);
}

/** A rule for numbers alone. */
const numeric = (rule: Rule<BinaryName>): Rule<BinaryName> => ({
  ...rule,
  lower(to, inputs, attrs, outputs) {
    refuseBooleans(outputs[0].dtype);
    return rule.lower(to, inputs, attrs, outputs);
  },
});

export const arithmetic = {
  Add: numeric(binary('Add', { fold: (a, b) => a + b })),
  Sub: numeric(binary('Sub', { fold: (a, b) => a - b })),
  Multiply: withNeutral(binary(onNumbers('Mul'), { fold: (a, b) => a * b }), 1, ['a', 'b']),
  RealDiv: withNeutral(binary(divide, { fold: (a, b) => a / b }), 1, ['b']),
  // TensorFlow.js's cpu backend gives integers, of floats too.
  FloorDiv: binary(floorDivide, { result: 'int32' }),
  Mod: binary(modulo),
  Pow: pow,
  Atan2: binary((to, [y, x], dtype) => {
    if (dtype !== 'float32') throw new Error('of floats alone: cast them first');
    return atan2(to, y!, x!);
  }),
  Maximum: binary(onNumbers('Max')),
  Minimum: binary(onNumbers('Min')),
  SquaredDifference: binary((to, names, dtype) => {
    refuseBooleans(dtype);
    const difference = to.emit('Sub', names);
    return to.emit('Mul', [difference, difference]);
  }),
  AddN: addN,
} satisfies Rules;
