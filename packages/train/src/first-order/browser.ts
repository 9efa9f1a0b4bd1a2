/** Nothing: TensorFlow.js's build for pages registers the gradients of its kernels by itself. */
export function registerFirstOrder(): void {}
