import type { Rule, Rules } from '../../lowering/rule.js';

/** (x − mean) / √(variance + ε) · scale + offset, folded into one product and one sum. */
const batchNorm: Rule<'FusedBatchNorm'> = {
  infer: ({ x }) => [x],
  lower(to, { x, mean, variance, offset, scale }, attrs, [output]) {
    const epsilon = to.number(attrs.varianceEpsilon);
    const operands = [x, mean, variance, ...(scale ? [scale] : []), ...(offset ? [offset] : [])];
    return to.elementwise(operands, output, ([value, m, v, ...rest]) => {
      const spread = to.emit('Sqrt', [to.emit('Add', [v!, epsilon])]);
      const factor = scale ? to.emit('Div', [rest[0]!, spread]) : to.emit('Reciprocal', [spread]);
      const centred = to.emit('Mul', [to.emit('Sub', [value!, m!]), factor]);
      return offset ? to.emit('Add', [centred, rest.at(-1)!]) : centred;
    });
  },
};

export const normalizations = { FusedBatchNorm: batchNorm } satisfies Rules;
