import { residualBlock } from './block.js';
import { defineModel } from './define-model.js';
import { attentionGate } from './gate.js';
import { familySchema, resolved } from './options.js';
import { unetOf } from './unet.js';

export const residualUnetSchema = familySchema({ norm: 'batch' });

/**
 * A U-Net of residual blocks, after Zhang, Liu and Wang, Road extraction by deep residual U-Net, 2018
 * (https://arxiv.org/abs/1711.10684): each block adds a 1×1 convolution of its input, `….shortcut`, to its result.
 * Convolution comes before normalisation here, as in `unet`. Default `norm` 'batch'.
 *
 * @param options their defaults stand with their types.
 * @returns the network: `init` gives its parameters, `forward` trains, `apply` infers.
 */
export const residualUnet = defineModel('residualUnet', residualUnetSchema, (options, name) =>
  unetOf(name, 2, resolved(name, options), { block: residualBlock }),
);

const { baseChannels } = residualUnetSchema.properties;
export const attentionUnetSchema = familySchema(
  { norm: 'batch' },
  { baseChannels: { ...baseChannels, minimum: 2 } },
);

/**
 * A U-Net whose skipped maps pass an attention gate, `decoder.S.gate.*`, after Oktay et al., Attention U-Net, 2018
 * (https://arxiv.org/abs/1804.03999), with the upsampled maps as the gating signal. Default `norm` 'batch'.
 *
 * @param options their defaults stand with their types.
 * @returns the network: `init` gives its parameters, `forward` trains, `apply` infers.
 */
export const attentionUnet = defineModel('attentionUnet', attentionUnetSchema, (options, name) =>
  unetOf(name, 2, resolved(name, options), { gate: attentionGate }),
);
