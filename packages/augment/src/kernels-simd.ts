import { lineBytes, warpFloat32Bytes, warpUint8Bytes } from './kernel-bytes.js';
import type { Kernels } from './kernel-jobs.js';
import { plainKernels } from './kernels-plain.js';
import { instance, mostBytes } from './module-memory.js';
import { type LineModule, smoother, solver } from './simd-lines.js';
import { fits, type WarpModule, warp } from './simd-warp.js';

/** Plain loops where a module's memory cannot grow so far. */
function orPlain<T>(simd: () => T, plain: () => T): T {
  try {
    return simd();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return plain();
  }
}

/** WebAssembly with SIMD; undefined where it cannot be had: an engine without it, or a page whose policy forbids it. */
export function simdKernels(): Kernels | undefined {
  let lines: LineModule;
  try {
    lines = instance<LineModule>(lineBytes);
  } catch {
    return undefined;
  }
  let [bytes, floats]: [WarpModule?, WarpModule?] = [];
  const forBytes = () => (bytes ??= instance<WarpModule>(warpUint8Bytes));
  const forFloats = () => (floats ??= instance<WarpModule>(warpFloat32Bytes));
  // The memory of a module of its own goes with the values in it.
  const moduleFor = (count: number) => (8 * count <= mostBytes ? lines : instance<LineModule>(lineBytes));
  return {
    smoother: (count, passes, cval) =>
      orPlain(
        () => smoother(moduleFor(count), count, passes, cval),
        () => plainKernels.smoother(count, passes, cval),
      ),
    solver: (count, passes) =>
      orPlain(
        () => solver(moduleFor(count), count, passes),
        () => plainKernels.solver(count, passes),
      ),
    warp(order, field, image, mask) {
      const { out } = image;
      const module =
        out instanceof Uint8Array ? forBytes : out instanceof Float32Array ? forFloats : undefined;
      if (!fits(field, image, mask)) plainKernels.warp(order, field, image, mask);
      else if (order === 0) {
        warp(forBytes(), 0, field, undefined, image);
        if (mask) warp(forBytes(), 0, field, undefined, mask);
      } else if (module) warp(module(), order, field, image, mask);
      else plainKernels.warp(order, field, image, mask);
    },
  };
}
