/**
 * The gradients of all kernels, without what finds and prepares backends.
 *
 *     import { registerGradients } from '@segscape/backend/gradients';
 *
 * @module
 */
export { registerGradients } from './gradients/register.js';
