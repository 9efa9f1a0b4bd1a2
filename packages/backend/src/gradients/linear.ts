import { type GradConfig, matMul } from '@tensorflow/tfjs-core';
import { rule, sumTo } from './rule.js';

/** Matrix products, with batches that stretch: https://github.com/tensorflow/tfjs/issues/8721 */
export const linear: readonly GradConfig[] = [
  rule('BatchMatMul', ['a', 'b'], (dy, { a, b }, { transposeA, transposeB }) => {
    const [ta, tb] = [Boolean(transposeA), Boolean(transposeB)];
    return {
      a: () => sumTo(ta ? matMul(b, dy, tb, true) : matMul(dy, b, false, !tb), a.shape),
      b: () => sumTo(tb ? matMul(dy, a, true, ta) : matMul(a, dy, !ta, false), b.shape),
    };
  }),
];
