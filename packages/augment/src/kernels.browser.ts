import type { Kernels } from './kernel-jobs.js';
import { plainKernels } from './kernels-plain.js';

// Code, not data: fetched once, when it is first needed.
let chosen: Kernels | undefined;

/**
 * Plain TypeScript, until WebAssembly has come: a page gets that when it first augments, and not with the page. Both give
 * the same bits, so nobody sees which it was, nor where it never comes.
 */
export function kernels(): Kernels {
  if (chosen === undefined) {
    chosen = plainKernels;
    import('./kernels-simd.js').then(
      ({ simdKernels }) => {
        chosen = simdKernels() ?? plainKernels;
      },
      () => {},
    );
  }
  return chosen;
}
