import { assertOption } from '@segscape/core';
import { residualBlock } from './block.js';
import { attentionGate } from './gate.js';
import type { Model } from './model.js';
import { resolveOptions, type UnetOptions } from './options.js';
import { unetOf } from './unet.js';

/**
 * A U-Net of residual blocks, after Zhang, Liu and Wang, Road extraction by deep residual U-Net, 2018
 * (https://arxiv.org/abs/1711.10684): each block adds a 1×1 convolution of its input, `….shortcut`, to its result.
 * Convolution comes before normalisation here, as in `unet`. Default `norm` 'batch'.
 */
export function residualUnet(options: UnetOptions = {}): Model {
  return unetOf('residualUnet', 2, resolveOptions('residualUnet', options, { norm: 'batch' }), {
    block: residualBlock,
  });
}

/**
 * A U-Net whose skipped maps pass an attention gate, `decoder.S.gate.*`, after Oktay et al., Attention U-Net, 2018
 * (https://arxiv.org/abs/1804.03999), with the upsampled maps as the gating signal. Default `norm` 'batch'.
 */
export function attentionUnet(options: UnetOptions = {}): Model {
  const resolved = resolveOptions('attentionUnet', options, { norm: 'batch' });
  assertOption(
    resolved.baseChannels >= 2,
    'attentionUnet',
    'baseChannels',
    resolved.baseChannels,
    'be an integer of at least 2',
  );
  return unetOf('attentionUnet', 2, resolved, { gate: attentionGate });
}
