import { cast, div, floor, tidy } from '@tensorflow/tfjs-core';
import { repairCommon } from '../kernels/common.js';
import { kernelsOf } from '../kernels/registry.js';

/** Replaces the kernels of the WebGL backend that are wrong. Calling it again does nothing. */
export function registerWebglKernels(): void {
  repairCommon('webgl');
  // Rounds both operands before it divides.
  kernelsOf('webgl').repair(
    'FloorDiv',
    ({ a, b }) => tidy(() => cast(floor(div(a!, b!)), 'int32')),
    ({ a }) => a!.dtype !== 'float32',
  );
}
