/**
 * Find, prepare and describe a TensorFlow.js backend.
 *
 * @module
 */
export { registerGradients } from '#gradients';
