import type { Kernels } from './kernel-jobs.js';
import { plainKernels } from './kernels-plain.js';
import { simdKernels } from './kernels-simd.js';

// Code, not data: compiled once, when it is first needed.
let chosen: Kernels | undefined;

/** The quickest form there is here: WebAssembly with SIMD, or plain TypeScript where that cannot be. */
export function kernels(): Kernels {
  chosen ??= simdKernels() ?? plainKernels;
  return chosen;
}
