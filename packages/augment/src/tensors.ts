/**
 * Augmentation of whole batches of tensors, on the current backend and inside `jit`.
 *
 *     import { augmentBatch } from '@segscape/augment/tensors';
 *
 *     const { images, labels } = augmentBatch(batch, { flipHorizontal: [0, 1], field, brightness: [0.1, -0.05] });
 *
 * @module
 */
export { type AugmentedBatch, augmentBatch, type BatchDraws, type PerSample } from './augment-batch.js';
