import { cast, div, floor, tidy } from '@tensorflow/tfjs-core';
import { kernelsOf } from '../kernels/registry.js';
import { repairStretchedProducts } from '../kernels/stretching.js';

/** Replaces the kernels of the WebGL backend that are wrong. Calling it again does nothing. */
export function registerWebglKernels(): void {
  repairStretchedProducts('webgl');
  // Rounds both operands before it divides.
  kernelsOf('webgl').repair(
    'FloorDiv',
    ({ a, b }) => tidy(() => cast(floor(div(a!, b!)), 'int32')),
    ({ a }) => a!.dtype !== 'float32',
  );
}
