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
export { type BasicUnetOptions, basicUnet, basicUnetSchema } from './basic-unet.js';
export {
  type Block,
  type BlockForm,
  type BlockMaker,
  type Features,
  plainBlock,
  residualBlock,
} from './block.js';
export { centreCrop } from './centre-crop.js';
export {
  type ModelFromConfigOptions,
  type ModelKind,
  modelFromConfig,
  modelSchemas,
  type OwnModel,
} from './config.js';
export {
  activation,
  type ConvolutionOptions,
  convolution,
  pooling,
  type UpsamplingOptions,
  unit,
  upsampling,
} from './convolution.js';
export { defineModel, type ModelMaker } from './define-model.js';
export { dropout } from './dropout.js';
export { type Encoder, type EncoderLevel, type PooledLevelOptions, pooledLevel } from './encoder.js';
export { type DecoderWidths, type EncoderDecoderOptions, encoderDecoder } from './encoder-decoder.js';
export { attentionGate, type Gate } from './gate.js';
export { type Layer, type ParamSpec, type Pass, parameter, sequence } from './layer.js';
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
export { nestedUnet, nestedUnetSchema } from './nested.js';
export type { NetworkBody, Stage } from './network.js';
export { type NnunetConfiguration, type NnunetPlans, nnunetOptions } from './nnunet-plans.js';
export { type NormOptions, normalization } from './normalization.js';
export type { Initializer, Join, Norm, Padding, UnetOptions, Upsampling } from './options.js';
export { countParams } from './params.js';
export { type NetworkPlan, type PlanOptions, planNetwork, planNetworkSchema } from './plan-network.js';
export {
  type DynamicUnetOptions,
  dynamicUnet,
  dynamicUnetSchema,
  type PlannedOptions,
  type ResidualEncoderUnetOptions,
  residualEncoderUnet,
  residualEncoderUnetSchema,
} from './planned.js';
export { type ResidualLevelOptions, residualLevel } from './residual-encoder.js';
export { type Sizes, sizesOf } from './sizes.js';
export { stage } from './stages.js';
export { compareTorch, type TorchComparison, type TorchDifference } from './torch/comparison.js';
export type { TorchLayoutName } from './torch/layout.js';
export { type FromTorchOptions, fromTorch, type TorchOptions, toTorch } from './torch/state-dict.js';
export { unet, unet3d, unet3dSchema, unetSchema } from './unet.js';
export { attentionUnet, attentionUnetSchema, residualUnet, residualUnetSchema } from './variants.js';
