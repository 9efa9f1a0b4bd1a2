import { cast, div, floor, tidy } from '@tensorflow/tfjs-core';
import { repairCommon } from '../kernels/common.js';
import { kernelsOf } from '../kernels/registry.js';
import { registerConvolutions } from './convolution-kernels.js';
import { registerTexelKernels } from './texel-kernels.js';
import { registerUpdates } from './updates.js';

/** Replaces the kernels of the WebGL backend that are wrong or slow, and adds those that it lacks. Calling it again does nothing. */
export function registerWebglKernels(): void {
  registerUpdates();
  registerConvolutions();
  registerTexelKernels();
  repairCommon('webgl');
  // Rounds both operands before it divides.
  kernelsOf('webgl').repair(
    'FloorDiv',
    ({ a, b }) => tidy(() => cast(floor(div(a!, b!)), 'int32')),
    ({ a }) => a!.dtype !== 'float32',
  );
}
