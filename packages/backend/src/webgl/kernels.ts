import { cast, div, floor, tidy } from '@tensorflow/tfjs-core';
import { repairCommon } from '../kernels/common.js';
import { kernelsOf } from '../kernels/registry.js';
import { registerUpdates } from './updates.js';

/** Replaces the kernels of the WebGL backend that are wrong, and adds those that it lacks. Calling it again does nothing. */
export function registerWebglKernels(): void {
  registerUpdates();
  repairCommon('webgl');
  // Rounds both operands before it divides.
  kernelsOf('webgl').repair(
    'FloorDiv',
    ({ a, b }) => tidy(() => cast(floor(div(a!, b!)), 'int32')),
    ({ a }) => a!.dtype !== 'float32',
  );
}
