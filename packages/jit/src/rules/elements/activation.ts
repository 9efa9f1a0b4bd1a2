import { backend_util } from '@tensorflow/tfjs-core';
import { refuseBooleans } from '../../lowering/booleans.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { as, type Build, sameAsInput, unary } from './operand-rules.js';

/** Above every reciprocal of a normal number: times it, any positive one is at least 1. */
const steep = 3e38;

/** 1 above zero, `alpha` elsewhere, NaN kept: a ReLU, which in a gradient is there already, made steep and cut at 1. */
const step: Rule<'Step'> = {
  infer: ({ x }) => [x],
  lower(to, { x }, attrs, [output]) {
    const { dtype } = x;
    const given = attrs.alpha ?? 0;
    const alpha = dtype === 'float32' ? given : Math.trunc(given);
    return to.elementwise([x], output, ([name]) => {
      if (dtype === 'bool') {
        if (alpha !== 0) refuseBooleans(dtype);
        return name!;
      }
      const flat =
        dtype === 'float32'
          ? to.emit('Min', [to.emit('Mul', [to.emit('Relu', [name!]), to.number(steep)]), to.number(1)])
          : to.emit('Sign', [to.emit('Relu', [name!])]);
      return alpha === 0
        ? flat
        : to.emit('Where', [
            to.emit('LessOrEqual', [name!, to.number(0, dtype)]),
            to.number(alpha, dtype),
            flat,
          ]);
    });
  },
};

/** max(x, 0) + alpha·min(x, 0), with a learnt alpha per channel; floats, whatever it is given. */
const prelu: Rule<'Prelu'> = {
  infer: ({ x, alpha }) => [
    { shape: backend_util.assertAndGetBroadcastShape([...x.shape], [...alpha.shape]), dtype: 'float32' },
  ],
  lower: (to, { x, alpha }, _attrs, [output]) =>
    to.elementwise([x, alpha], output, (names) => {
      const [a, b] = [to.cast(names[0]!, x.dtype, 'float32'), to.cast(names[1]!, alpha.dtype, 'float32')];
      return to.emit('Where', [to.emit('Less', [a, to.number(0)]), to.emit('Mul', [a, b]), a]);
    }),
};

/** Floats, whatever it is given. */
const leakyRelu: Rule<'LeakyRelu'> = {
  infer: as('float32'),
  lower: (to, { x }, attrs, [output]) =>
    to.elementwise([x], output, ([name]) =>
      to.emit('LeakyRelu', [to.cast(name!, x.dtype, 'float32')], {
        alpha: { float: attrs.alpha ?? 1 },
      }),
    ),
};

const elu: Rule<'Elu'> = {
  infer: sameAsInput,
  lower: (to, { x }, attrs, [output]) =>
    to.elementwise([x], output, ([name]) => to.emit('Elu', [name!], { alpha: { float: attrs.alpha ?? 1 } })),
};

const eluGrad: Rule<'EluGrad'> = {
  infer: ({ y }) => [y],
  lower: (to, { dy, y }, _attrs, [output]) =>
    to.elementwise([dy, y], output, ([g, v]) =>
      to.emit('Where', [
        to.emit('GreaterOrEqual', [v!, to.number(0)]),
        g!,
        to.emit('Mul', [g!, to.emit('Add', [v!, to.number(1)])]),
      ]),
    ),
};

/** Of integers too, where GPU providers have it of floats alone. */
const relu: Build = (to, [x], dtype) => {
  if (dtype === 'bool') return x!;
  return to.gpu && dtype === 'int32' ? to.emit('Max', [x!, to.number(0, dtype)]) : to.emit('Relu', [x!]);
};

/** Stable for scores of any size: max(x, 0) + log(1 + exp(−|x|)). */
const softplus: Build = (to, [x]) => {
  const tail = to.emit('Log', [
    to.emit('Add', [to.number(1), to.emit('Exp', [to.emit('Neg', [to.emit('Abs', [x!])])])]),
  ]);
  return to.emit('Add', [to.emit('Relu', [x!]), tail]);
};

/** The constants of Klambauer et al., 2017. */
const selu: Build = (to, [x]) =>
  to.emit('Mul', [
    to.emit('Elu', [x!], { alpha: { float: 1.6732632423543772 } }),
    to.number(1.0507009873554805),
  ]);

export const activations = {
  Relu: unary(relu),
  Relu6: unary((to, [x], dtype) =>
    dtype === 'bool' ? x! : to.emit('Clip', [x!, to.number(0, dtype), to.number(6, dtype)]),
  ),
  Softplus: unary(softplus),
  Selu: unary(selu),
  Elu: elu,
  LeakyRelu: leakyRelu,
  Prelu: prelu,
  EluGrad: eluGrad,
  Step: step,
} satisfies Rules;
