/** What tests share: a matcher for tensors, leak checks, numeric gradients, and where shared data lies. */
export { sharedFolder } from '#shared-folder';
export { type Tolerance, toBeAllclose } from './allclose.js';
export { randomRuns, testBackend } from './backend.js';
export { gradientError } from './gradient.js';
export { expectTensors } from './leaks.js';
