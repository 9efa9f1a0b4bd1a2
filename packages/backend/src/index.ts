/**
 * Find, prepare and describe a TensorFlow.js backend.
 *
 *     import { useBackend } from '@segscape/backend';
 *
 *     const { name, device } = await useBackend('auto');
 *
 * @module
 */

export { type BackendInfo, listBackends, type UseBackendOptions, useBackend } from './backends.js';
export type { BackendName } from './candidate.js';
export { registerGradients } from './gradients.js';
export { registerWasmKernels } from './wasm/kernels.js';
