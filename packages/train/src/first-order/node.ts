// TensorFlow.js's build for Node leaves the gradients of its kernels out.
export { registerGradients as registerFirstOrder } from '@segscape/backend/gradients';
