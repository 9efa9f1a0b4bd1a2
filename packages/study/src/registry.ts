import type { Transform } from '@segscape/augment';
import * as augment from '@segscape/augment';
import { type Optimizer, SegscapeError } from '@segscape/core';
import { type Dataset, folderDataset, phantomDataset, rimOneDataset, stackDataset } from '@segscape/data';
import { type LossFn, lossFromConfig } from '@segscape/losses';
import { type Model, modelFromConfig } from '@segscape/models';
import { adam, adamW, rmsprop, sgd } from '@segscape/train';
import { nearest } from './config/nearest.js';

type Options = Readonly<Record<string, unknown>>;

/** Makers by kind; users add their own: `studyRegistry.data.mine = async (options) => …`. */
export interface StudyRegistry {
  readonly data: Record<string, (options: Options) => Dataset | Promise<Dataset>>;
  readonly models: Record<string, (options: Options) => Model>;
  /** Tried before the losses of @segscape/losses. */
  readonly losses: Record<string, (options: Options) => LossFn>;
  readonly optimizers: Record<string, (options: Options) => Optimizer>;
  readonly transforms: Record<string, (options: Options) => Transform>;
}

const twoClasses = ['background', 'foreground'];

/** The transforms that a config can name; their options are those of @segscape/augment. */
const transforms = {
  elastic: augment.elastic,
  elasticGrid: augment.elasticGrid,
  flip: augment.flip,
  rotate90: augment.rotate90,
  rotate: augment.rotate,
  scale: augment.scale,
  translate: augment.translate,
  affine: augment.affine,
  brightness: augment.brightness,
  contrast: augment.contrast,
  gamma: augment.gamma,
  gaussianNoise: augment.gaussianNoise,
  uniformNoise: augment.uniformNoise,
  gaussianBlur: augment.gaussianBlur,
};

/** A config's options are checked by the maker itself, at its own edge. */
const open = <R>(makers: object): Record<string, (options: Options) => R> => ({
  ...(makers as Record<string, (options: Options) => R>),
});

export const studyRegistry: StudyRegistry = {
  data: {
    phantom: ({ phantom = 'fundus', ...options }) => phantomDataset({ ...options, kind: phantom } as never),
    folder: (options) => folderDataset({ classes: twoClasses, ...options } as never),
    stack: (options) => stackDataset({ classes: twoClasses, ...options } as never),
    'rim-one': (options) => rimOneDataset(options as never),
  },
  models: Object.fromEntries(
    ['unet', 'residualUnet', 'attentionUnet', 'nestedUnet'].map((kind) => [
      kind,
      (options: Options) => modelFromConfig({ ...options, name: kind } as never),
    ]),
  ),
  losses: {},
  optimizers: open({ adam, adamW, sgd, rmsprop }),
  transforms: open(transforms),
};

/** The entry of a registry, or an error that names the nearest one. */
export function entry<T>(makers: Readonly<Record<string, T>>, what: string, kind: string): T {
  const maker = makers[kind];
  if (maker !== undefined && Object.hasOwn(makers, kind)) return maker;
  const known = Object.keys(makers);
  const meant = nearest(kind, known);
  throw new SegscapeError(
    'BAD_CONFIG',
    `config: ${what} '${kind}' is not known. ${meant ? `Did you mean '${meant}'? ` : ''}Known: ${known.join(', ')}.`,
    { details: { what, kind } },
  );
}

/** A loss by its config, from the user's own makers or from @segscape/losses. */
export function makeLoss(
  registry: StudyRegistry,
  { name, ...options }: Options & { readonly name: string },
): LossFn {
  const own = registry.losses[name];
  return own ? own(options) : lossFromConfig({ name, ...options } as never);
}
