/** In browsers tfjs-core registers its gradients itself. */
export function registerGradients(): void {}
