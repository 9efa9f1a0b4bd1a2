/**
 * The gradients of kernels, and what errors leave of them, without what finds and prepares backends.
 *
 *     import { registerGradients } from '@segscape/backend/gradients';
 *
 * @module
 */
export { registerGradients } from './gradients/register.js';
export { releaseTape } from './gradients/tape.js';
