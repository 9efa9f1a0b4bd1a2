import { upcastType } from '@tensorflow/tfjs-core';
import type { Rule, Rules } from '../../lowering/rule.js';
import { broadcast } from '../../lowering/sizes.js';
import { asBool, type Build, binary, inFloats, unary } from './operand-rules.js';

const compare = (op: string, negate = false) =>
  binary(
    (to, names, dtype) => {
      const operands = dtype === 'bool' ? names.map((name) => to.cast(name, 'bool', 'int32')) : names;
      const result = to.emit(op, operands);
      return negate ? to.emit('Not', [result]) : result;
    },
    { result: 'bool' },
  );

/** Of two booleans; by numbers on GPUs, whose providers compute none on booleans. */
const connect = (op: 'And' | 'Or') =>
  binary(
    (to, names) => {
      if (!to.gpu) return to.emit(op, names);
      const numbers = names.map((name) => to.cast(name, 'bool', 'float32'));
      return to.cast(to.emit(op === 'And' ? 'Min' : 'Max', numbers), 'float32', 'bool');
    },
    { result: 'bool' },
  );

const select: Rule<'Select'> = {
  infer({ condition, t, e }) {
    if (t.shape.join() !== e.shape.join())
      throw new Error(`its branches have two shapes, [${t.shape}] and [${e.shape}]`);
    const rows = condition.shape.length === 1 && t.shape.length > 1;
    if (!rows && broadcast(condition.shape, t.shape).join() !== t.shape.join())
      throw new Error(`its condition, [${condition.shape}], chooses more than there is, [${t.shape}]`);
    return [{ shape: t.shape, dtype: upcastType(t.dtype, e.dtype) }];
  },
  lower(to, { condition, t, e }, _attrs, [output]) {
    // A condition of rank 1 chooses whole rows.
    const rank = t.shape.length;
    const rows = condition.shape.length === 1 && rank > 1;
    const lifted = rows ? [condition.shape[0]!, ...Array<number>(rank - 1).fill(1)] : condition.shape;
    const chooser = rows
      ? to.value({ shape: lifted, dtype: 'bool' }, to.reshape(to.name(condition), condition.shape, lifted))
      : condition;
    // ONNX Runtime chooses between numbers alone.
    const type = output.dtype === 'bool' ? 'int32' : output.dtype;
    return to.elementwise([chooser, t, e], output, ([c, ...branches]) => {
      const typed = [t, e].map(({ dtype }, i) => to.cast(branches[i]!, dtype, type));
      return to.cast(to.emit('Where', [c!, ...typed]), type, output.dtype);
    });
  },
};

const isNoNumber: Build = (to, [x]) =>
  to.gpu ? to.emit('Not', [to.emit('Equal', [x!, x!])]) : to.emit('IsNaN', [x!]);
const isInfinite: Build = (to, [x]) =>
  to.gpu
    ? to.emit('Equal', [to.emit('Abs', [x!]), to.number(Number.POSITIVE_INFINITY)])
    : to.emit('IsInf', [x!]);

export const logic = {
  Equal: compare('Equal'),
  NotEqual: compare('Equal', true),
  Greater: compare('Greater'),
  GreaterEqual: compare('GreaterOrEqual'),
  Less: compare('Less'),
  LessEqual: compare('LessOrEqual'),
  LogicalAnd: connect('And'),
  LogicalOr: connect('Or'),
  LogicalNot: unary('Not', asBool),
  IsNan: unary(inFloats(isNoNumber), asBool),
  IsInf: unary(inFloats(isInfinite), asBool),
  IsFinite: unary(
    inFloats((to, [x]) => to.emit('Less', [to.emit('Abs', [x!]), to.number(Number.POSITIVE_INFINITY)])),
    asBool,
  ),
  Select: select,
} satisfies Rules;
