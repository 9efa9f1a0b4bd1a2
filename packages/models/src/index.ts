/**
 * U-Nets as pure functions over a parameter record.
 *
 *     import { unet } from '@segscape/models';
 *
 *     const model = unet({ inputChannels: 3, classes: 2, baseChannels: 16, depth: 4, norm: 'batch' });
 *     const params = model.init(7);
 *     const logits = model.apply(params, images); // [batch, height, width, 2]
 *
 * @module
 */
export { centreCrop } from './centre-crop.js';
export { modelFromConfig } from './config.js';
export type {
  ApplyOptions,
  Forward,
  ForwardOptions,
  LayerSummary,
  Model,
  ModelConfig,
  ModelSummary,
  Size,
} from './model.js';
export { nestedUnet } from './nested.js';
export type { Initializer, Join, Norm, Padding, UnetOptions, Upsampling } from './options.js';
export { countParams } from './params.js';
export { type FromTorchOptions, fromTorch, type TorchOptions, toTorch } from './torch.js';
export { unet, unet3d } from './unet.js';
export { attentionUnet, residualUnet } from './variants.js';
