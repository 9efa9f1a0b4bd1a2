/** Kernels of optimisers, which TensorFlow.js does not have. */
export const followedKernel = 'SegscapeFollowed';
export const adamStepKernel = 'SegscapeAdamStep';
