/**
 * Find, prepare and describe a TensorFlow.js backend.
 *
 *     import { useBackend } from '@segscape/backend';
 *
 *     const { name, device } = await useBackend('auto');
 *
 * @module
 */

export type { BackendInfo } from './backend-info.js';
export {
  listBackends,
  type UseBackendOptions,
  useBackend,
  withBackend,
} from './backends.js';
export type { BackendName, LoadOptions } from './candidate.js';
export { registerGradients } from './gradients/register.js';
export { moveParams } from './move-params.js';
export { registerWasmKernels } from './wasm/kernels.js';
