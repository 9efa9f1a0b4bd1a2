import type { Transform } from '@segscape/augment';
import * as augment from '@segscape/augment';
import type { Maker } from './kind.js';
import { maker } from './maker.js';

/** The transforms that a config can name, each with its options as @segscape/augment describes them. */
export const transformKinds: Record<string, Maker<Transform>> = {
  elastic: maker(augment.elastic, augment.elasticSchema),
  elasticGrid: maker(augment.elasticGrid, augment.elasticGridSchema),
  flip: maker(augment.flip, augment.flipSchema),
  rotate90: maker(() => augment.rotate90(), augment.rotate90Schema),
  rotate: maker(augment.rotate, augment.rotateSchema),
  scale: maker(augment.scale, augment.scaleSchema),
  translate: maker(augment.translate, augment.translateSchema),
  affine: maker(augment.affine, augment.affineSchema),
  brightness: maker(augment.brightness, augment.brightnessSchema),
  contrast: maker(augment.contrast, augment.contrastSchema),
  gamma: maker(augment.gamma, augment.gammaSchema),
  gaussianNoise: maker(augment.gaussianNoise, augment.gaussianNoiseSchema),
  uniformNoise: maker(augment.uniformNoise, augment.uniformNoiseSchema),
  gaussianBlur: maker(augment.gaussianBlur, augment.gaussianBlurSchema),
};
