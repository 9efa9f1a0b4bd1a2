import { SegscapeError } from '@segscape/core';
import type { Model, ModelConfig } from './model.js';
import { nestedUnet } from './nested.js';
import type { UnetOptions } from './options.js';
import { unet, unet3d } from './unet.js';
import { attentionUnet, residualUnet } from './variants.js';

const kinds: Readonly<Record<string, (options: UnetOptions) => Model>> = {
  unet,
  residualUnet,
  attentionUnet,
  nestedUnet,
  unet3d,
};

/**
 * The model that `model.config` came from; missing options take their defaults.
 * @throws {SegscapeError} `BAD_OPTION` for an unknown name or option.
 */
export function modelFromConfig({ name, ...options }: ModelConfig): Model {
  const make = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (make === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `modelFromConfig: name (='${name}') must be one of ${Object.keys(kinds).join(', ')}.`,
      { details: { name } },
    );
  return make(options as UnetOptions);
}
