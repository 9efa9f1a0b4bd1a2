import { type GradConfig, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { rule } from './rule.js';

const flat = (x: Tensor) => () => zeros(x.shape);

const ofTwo = 'Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr LogicalXor';

/** What jumps between true and false is flat everywhere else. Rules that choose by comparing need these at second order. */
export const comparisons: readonly GradConfig[] = [
  ...ofTwo.split(' ').map((name) => rule(name, ['a', 'b'], (_dy, { a, b }) => ({ a: flat(a), b: flat(b) }))),
  rule('LogicalNot', ['x'], (_dy, { x }) => ({ x: flat(x) })),
];
