import { axes, broadcast, type Lowering } from './lowering.js';
import type { Rule, Rules } from './rule.js';
import type { Value } from './value.js';

const outer = (shape: readonly number[]) => shape.slice(0, -2);

const matMul: Rule = {
  infer({ a, b }, attrs) {
    const rows = a!.shape.at(attrs.transposeA ? -1 : -2)!;
    const columns = b!.shape.at(attrs.transposeB ? -2 : -1)!;
    return [{ shape: [...broadcast(outer(a!.shape), outer(b!.shape)), rows, columns], dtype: a!.dtype }];
  },
  lower(to, { a, b }, attrs, [output]) {
    return to.value(
      output!,
      to.emit('MatMul', [
        operand(to, a!, Boolean(attrs.transposeA)),
        operand(to, b!, Boolean(attrs.transposeB)),
      ]),
    );
  },
};

function operand(to: Lowering, value: Value, transposed: boolean): string {
  const rank = value.shape.length;
  return transposed
    ? to.emit('Transpose', [to.name(value)], { perm: [...axes(0, rank - 2), rank - 1, rank - 2] })
    : to.name(value);
}

/** (x − mean) / √(variance + ε) · scale + offset, folded into one product and one sum. */
const batchNorm: Rule = {
  infer: ({ x }) => [x!],
  lower(to, { x, mean, variance, offset, scale }, attrs, [output]) {
    const epsilon = to.number(attrs.varianceEpsilon as number);
    const operands = [x!, mean!, variance!, ...(scale ? [scale] : []), ...(offset ? [offset] : [])];
    return to.elementwise(operands, output!, ([value, m, v, ...rest]) => {
      const spread = to.emit('Sqrt', [to.emit('Add', [v!, epsilon])]);
      const factor = scale ? to.emit('Div', [rest[0]!, spread]) : to.emit('Reciprocal', [spread]);
      const centred = to.emit('Mul', [to.emit('Sub', [value!, m!]), factor]);
      return offset ? to.emit('Add', [centred, rest.at(-1)!]) : centred;
    });
  },
};

export const linear: Rules = { BatchMatMul: matMul, FusedBatchNorm: batchNorm };
