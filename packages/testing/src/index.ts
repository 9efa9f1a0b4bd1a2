/** What tests share: a matcher for tensors, leak checks, numeric gradients, and where shared data lies. */
export { type Tolerance, toBeAllclose } from './allclose.js';
export { sharedFolder } from './data.js';
export { gradientError } from './gradient.js';
export { expectTensors } from './leaks.js';
