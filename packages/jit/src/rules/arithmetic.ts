import { type Build, binary } from './elementwise.js';
import type { Lowering } from './lowering.js';
import type { Rule, Rules } from './rule.js';

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
function withNeutral(rule: Rule, neutral: number, sides: readonly ('a' | 'b')[]): Rule {
  return {
    ...rule,
    lower(to, inputs, attrs, outputs) {
      for (const side of sides) {
        const other = inputs[side === 'a' ? 'b' : 'a']!;
        if (inputs[side]!.splat === neutral && other.splat === undefined && other.dtype !== 'bool')
          return to.elementwise([other], outputs[0]!, ([name]) => name!);
      }
      return rule.lower(to, inputs, attrs, outputs);
    },
  };
}

/** Rounds a division of integers towards minus infinity, exactly, in double precision. */
const floorDivide: Build = (to, names, dtype) => {
  if (dtype === 'float32') return to.cast(to.emit('Floor', [to.emit('Div', names)]), 'float32', 'int32');
  // GPUs have no double precision; integers beyond 2²⁴ are rounded there.
  const wide = names.map((name) => to.emit('Cast', [name], { to: to.gpu ? 1 : 11 }));
  return to.emit('Cast', [to.emit('Floor', [to.emit('Div', wide)])], { to: 6 });
};

/** The remainder with the sign of the divisor. */
const modulo: Build = (to, names, dtype) => {
  if (to.gpu) return flooredModulo(to, names, dtype);
  if (dtype === 'int32') return to.emit('Mod', names);
  const [a, b] = names as [string, string];
  const zero = to.number(0);
  const rest = to.emit('Mod', [a, b], { fmod: 1 });
  const agree = to.emit('Equal', [
    to.emit('Cast', [to.emit('Less', [a, zero])], { to: 6 }),
    to.emit('Cast', [to.emit('Less', [b, zero])], { to: 6 }),
  ]);
  return to.emit('Where', [agree, rest, to.emit('Mod', [to.emit('Add', [rest, b]), b], { fmod: 1 })]);
};

/** The same without ONNX's `Mod`, which GPU providers lack: a − b·⌊a/b⌋. */
const flooredModulo: Build = (to, names, dtype) => {
  const [a, b] = names.map((name) => to.cast(name, dtype, 'float32')) as [string, string];
  const whole = to.emit('Mul', [b, to.emit('Floor', [to.emit('Div', [a, b])])]);
  return to.cast(to.emit('Sub', [a, whole]), 'float32', dtype);
};

const addN: Rule = {
  infer: (inputs) => [Object.values(inputs)[0]!],
  lower: (to, inputs, _attrs, [output]) =>
    to.elementwise(Object.values(inputs), output!, (names) =>
      to.gpu ? names.reduce((sum, name) => to.emit('Add', [sum, name])) : to.emit('Sum', names),
    ),
};

/** ONNX has no atan2: atan(y/x), moved by π into the right half plane's mirror where x < 0. */
function atan2(to: Lowering, y: string, x: string): string {
  const zero = to.number(0);
  const base = to.emit('Atan', [to.emit('Div', [y, x])]);
  const turn = to.emit('Where', [to.emit('Less', [y, zero]), to.number(-Math.PI), to.number(Math.PI)]);
  const moved = to.emit('Where', [to.emit('Less', [x, zero]), to.emit('Add', [base, turn]), base]);
  const origin = to.emit('And', [to.emit('Equal', [x, zero]), to.emit('Equal', [y, zero])]);
  return to.emit('Where', [origin, zero, moved]);
}

export const arithmetic: Rules = {
  Add: binary(onNumbers('Add'), { fold: (a, b) => a + b }),
  Sub: binary(onNumbers('Sub'), { fold: (a, b) => a - b }),
  Multiply: withNeutral(binary(onNumbers('Mul'), { fold: (a, b) => a * b }), 1, ['a', 'b']),
  RealDiv: withNeutral(binary('Div', { fold: (a, b) => a / b }), 1, ['b']),
  // TensorFlow.js's cpu backend gives integers, of floats too.
  FloorDiv: binary(floorDivide, { result: 'int32' }),
  Mod: binary(modulo),
  Pow: binary('Pow'),
  Atan2: binary((to, [y, x]) => atan2(to, y!, x!)),
  Maximum: binary(onNumbers('Max')),
  Minimum: binary(onNumbers('Min')),
  SquaredDifference: binary((to, names) => {
    const difference = to.emit('Sub', names);
    return to.emit('Mul', [difference, difference]);
  }),
  AddN: addN,
};
