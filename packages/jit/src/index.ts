/**
 * Native speed from ordinary tensor code: trace a TensorFlow.js function once, run it in ONNX Runtime.
 *
 *     import { jit } from '@segscape/jit';
 *     import { grad, mul, sum } from '@tensorflow/tfjs-core';
 *
 *     const slope = jit(({ x }: { x: Tensor }) => grad((x) => sum(mul(x, x)))(x));
 *     const result = await slope({ x });
 *
 * @module
 */
export { executorOf, isNative, jit } from './jit.js';
export type { JitOptions, JitStats, Jitted, Loose } from './jit-options.js';
export { type ToOnnxOptions, toOnnx } from './to-onnx.js';
export type { Tree } from './tree.js';
