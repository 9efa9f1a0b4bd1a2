import type { DataType } from '@tensorflow/tfjs-core';
import type { Lowering } from './lowering.js';
import { broadcast } from './lowering.js';
import type { Rule, Rules } from './rule.js';

type Build = (to: Lowering, names: readonly string[], dtype: DataType) => string;

const sameAsInput: Rule['infer'] = (inputs) => [Object.values(inputs)[0]!];

/** One operand, the result of its shape and type. */
function unary(build: Build | string, infer: Rule['infer'] = sameAsInput): Rule {
  const write: Build = typeof build === 'string' ? (to, names) => to.emit(build, names) : build;
  return {
    infer,
    lower(to, inputs, _attrs, [output]) {
      const operand = Object.values(inputs)[0]!;
      return to.elementwise([operand], output!, (names) => write(to, names, operand.dtype));
    },
  };
}

const asBool: Rule['infer'] = (inputs) => [{ shape: Object.values(inputs)[0]!.shape, dtype: 'bool' }];

/** Two operands that broadcast; `fold` computes on constants that are all alike. */
function binary(
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

const compare = (op: string, negate = false) =>
  binary(
    (to, names, dtype) => {
      const operands = dtype === 'bool' ? names.map((name) => to.cast(name, 'bool', 'int32')) : names;
      const result = to.emit(op, operands);
      return negate ? to.emit('Not', [result]) : result;
    },
    { result: 'bool' },
  );

/** Rounds a division of integers towards minus infinity, exactly, in double precision. */
const floorDivide: Build = (to, names, dtype) => {
  if (dtype === 'float32') return to.emit('Floor', [to.emit('Div', names)]);
  const wide = names.map((name) => to.emit('Cast', [name], { to: 11 }));
  return to.emit('Cast', [to.emit('Floor', [to.emit('Div', wide)])], { to: 6 });
};

/** The remainder with the sign of the divisor. */
const modulo: Build = (to, names, dtype) => {
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

/** Above every reciprocal of a normal number: times it, any positive one is at least 1. */
const steep = 3e38;

/** 1 above zero, `alpha` elsewhere, NaN kept: a ReLU, which in a gradient is there already, made steep and cut at 1. */
const step: Rule = {
  infer: ({ x }) => [x!],
  lower(to, { x }, attrs, [output]) {
    const alpha = (attrs.alpha as number | undefined) ?? 0;
    return to.elementwise([x!], output!, ([name]) => {
      const flat =
        x!.dtype === 'float32'
          ? to.emit('Min', [to.emit('Mul', [to.emit('Relu', [name!]), to.number(steep)]), to.number(1)])
          : to.emit('Sign', [to.emit('Relu', [name!])]);
      return alpha === 0
        ? flat
        : to.emit('Where', [to.emit('LessOrEqual', [name!, to.number(0)]), to.number(alpha), flat]);
    });
  },
};

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

const cast: Rule = {
  infer: ({ x }, attrs) => [{ shape: x!.shape, dtype: attrs.dtype as DataType }],
  lower(to, { x }, attrs, [output]) {
    const dtype = attrs.dtype as DataType;
    if (x!.splat !== undefined)
      return to.splat(
        output!,
        dtype === 'bool' ? Number(x!.splat !== 0) : dtype === 'int32' ? Math.trunc(x!.splat) : x!.splat,
      );
    return to.elementwise([x!], output!, ([name]) => to.cast(name!, x!.dtype, dtype));
  },
};

const select: Rule = {
  infer: ({ condition, t, e }) => [
    {
      shape:
        condition!.shape.length === t!.shape.length
          ? broadcast(condition!.shape, t!.shape, e!.shape)
          : t!.shape,
      dtype: t!.dtype,
    },
  ],
  lower(to, { condition, t, e }, _attrs, [output]) {
    // A condition of rank 1 chooses whole rows.
    const rank = t!.shape.length;
    const rows = condition!.shape.length === 1 && rank > 1;
    const lifted = rows ? [condition!.shape[0]!, ...Array<number>(rank - 1).fill(1)] : condition!.shape;
    const chooser = rows
      ? to.value({ shape: lifted, dtype: 'bool' }, to.reshape(to.name(condition!), condition!.shape, lifted))
      : condition!;
    return to.elementwise([chooser, t!, e!], output!, (names) => {
      if (t!.dtype !== 'bool') return to.emit('Where', names);
      const [c, ...branches] = names as [string, string, string];
      return to.cast(
        to.emit('Where', [c, ...branches.map((name) => to.cast(name, 'bool', 'int32'))]),
        'int32',
        'bool',
      );
    });
  },
};

const addN: Rule = {
  infer: (inputs) => [Object.values(inputs)[0]!],
  lower: (to, inputs, _attrs, [output]) =>
    to.elementwise(Object.values(inputs), output!, (names) => to.emit('Sum', names)),
};

/** max(x, 0) + alpha·min(x, 0), with a learnt alpha per channel. */
const prelu: Rule = {
  infer: ({ x }) => [x!],
  lower: (to, { x, alpha }, _attrs, [output]) =>
    to.elementwise([x!, alpha!], output!, ([a, b]) =>
      to.emit('Where', [to.emit('Less', [a!, to.number(0)]), to.emit('Mul', [a!, b!]), a!]),
    ),
};

const withAlpha = (op: string, name: string): Rule => ({
  infer: sameAsInput,
  lower: (to, { x }, attrs, [output]) =>
    to.elementwise([x!], output!, ([n]) =>
      to.emit(op, [n!], { alpha: { float: (attrs[name] as number | undefined) ?? 1 } }),
    ),
});

const eluGrad: Rule = {
  infer: ({ y }) => [y!],
  lower: (to, { dy, y }, _attrs, [output]) =>
    to.elementwise([dy!, y!], output!, ([g, v]) =>
      to.emit('Where', [
        to.emit('GreaterOrEqual', [v!, to.number(0)]),
        g!,
        to.emit('Mul', [g!, to.emit('Add', [v!, to.number(1)])]),
      ]),
    ),
};

/** Stable for scores of any size: max(x, 0) + log(1 + exp(−|x|)). */
const softplus: Build = (to, [x]) => {
  const tail = to.emit('Log', [
    to.emit('Add', [to.number(1), to.emit('Exp', [to.emit('Neg', [to.emit('Abs', [x!])])])]),
  ]);
  return to.emit('Add', [to.emit('Relu', [x!]), tail]);
};

const simple =
  'Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Erf Exp Floor Log Neg Reciprocal Round Sigmoid Sin Sinh Sqrt Tan Tanh';

export const elementwise: Rules = {
  ...Object.fromEntries(simple.split(' ').map((op) => [op, unary(op)])),
  Relu: unary('Relu'),
  Sign: unary((to, [x]) => to.emit('Where', [to.emit('IsNaN', [x!]), to.number(0), to.emit('Sign', [x!])])),
  Relu6: unary((to, [x]) => to.emit('Clip', [x!, to.number(0), to.number(6)])),
  Rsqrt: unary((to, [x]) => to.emit('Reciprocal', [to.emit('Sqrt', [x!])])),
  Square: unary((to, [x]) => to.emit('Mul', [x!, x!])),
  Expm1: unary((to, [x]) => to.emit('Sub', [to.emit('Exp', [x!]), to.number(1)])),
  Log1p: unary((to, [x]) => to.emit('Log', [to.emit('Add', [x!, to.number(1)])])),
  Softplus: unary(softplus),
  Selu: unary('Selu'),
  Elu: withAlpha('Elu', 'alpha'),
  LeakyRelu: withAlpha('LeakyRelu', 'alpha'),
  Prelu: prelu,
  EluGrad: eluGrad,
  IsNan: unary('IsNaN', asBool),
  IsInf: unary('IsInf', asBool),
  IsFinite: unary(
    (to, [x]) => to.emit('Less', [to.emit('Abs', [x!]), to.number(Number.POSITIVE_INFINITY)]),
    asBool,
  ),
  LogicalNot: unary('Not', asBool),
  Step: step,
  ClipByValue: clip,
  Cast: cast,
  Select: select,
  AddN: addN,
  Add: binary(onNumbers('Add'), { fold: (a, b) => a + b }),
  Sub: binary(onNumbers('Sub'), { fold: (a, b) => a - b }),
  Multiply: withNeutral(binary(onNumbers('Mul'), { fold: (a, b) => a * b }), 1, ['a', 'b']),
  RealDiv: withNeutral(binary('Div', { fold: (a, b) => a / b }), 1, ['b']),
  FloorDiv: binary(floorDivide),
  Mod: binary(modulo),
  Pow: binary('Pow'),
  Atan2: binary((to, [y, x]) => atan2(to, y!, x!)),
  Maximum: binary(onNumbers('Max')),
  Minimum: binary(onNumbers('Min')),
  SquaredDifference: binary((to, names) => {
    const difference = to.emit('Sub', names);
    return to.emit('Mul', [difference, difference]);
  }),
  Equal: compare('Equal'),
  NotEqual: compare('Equal', true),
  Greater: compare('Greater'),
  GreaterEqual: compare('GreaterOrEqual'),
  Less: compare('Less'),
  LessEqual: compare('LessOrEqual'),
  LogicalAnd: binary('And'),
  LogicalOr: binary('Or'),
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
