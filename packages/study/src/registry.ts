import type { Transform } from '@segscape/augment';
import * as augment from '@segscape/augment';
import { nearestWord, type Optimizer, SegscapeError } from '@segscape/core';
import {
  type CocoOptions,
  cocoDataset,
  type Dataset,
  type FolderOptions,
  folderDataset,
  type NnunetOptions,
  nnunetDataset,
  type PhantomOptions,
  phantomDataset,
  type RimOneOptions,
  rimOneDataset,
  type StackOptions,
  stackDataset,
} from '@segscape/data';
import { type LossFn, lossFromConfig } from '@segscape/losses';
import { type Model, modelFromConfig, type UnetOptions } from '@segscape/models';
import { adam, adamW, rmsprop, sgd } from '@segscape/train';

type Options = Readonly<Record<string, unknown>>;

/** Makes one kind of thing from the options that a config gives it. */
export interface Maker<R> {
  (options: Options): R;
  /** Names of its options, so that a config with a mistyped one is refused; without them anything is let through. */
  readonly known?: readonly string[];
}

/** Makers by kind; users add their own: `studyRegistry.data.mine = async (options) => …`. */
export interface StudyRegistry {
  readonly data: Record<string, Maker<Dataset | Promise<Dataset>>>;
  readonly models: Record<string, Maker<Model>>;
  /** Tried before the losses of @segscape/losses. */
  readonly losses: Record<string, Maker<LossFn>>;
  readonly optimizers: Record<string, Maker<Optimizer>>;
  readonly transforms: Record<string, Maker<Transform>>;
}

const twoClasses = ['background', 'foreground'];

/** A maker with the names of its options; the compiler checks that none of `T` is missing. */
function maker<T, R>(make: (options: never) => R, names: Readonly<Record<keyof T, true>>): Maker<R> {
  return Object.assign((options: Options) => make(options as never), { known: Object.keys(names) });
}

type OptionsOf<F extends (options: never) => unknown> = NonNullable<Parameters<F>[0]>;

const masks = { maskValues: true, maskThreshold: true, ignoreValues: true, labels: true } as const;
const resampling = { order: true, mode: true, cval: true, maskCval: true } as const;

const data: StudyRegistry['data'] = {
  phantom: maker<Omit<PhantomOptions, 'kind'> & { phantom: string }, Dataset>(
    ({
      phantom = 'fundus',
      ...options
    }: { phantom?: PhantomOptions['kind'] } & Omit<PhantomOptions, 'kind'>) =>
      phantomDataset({ ...options, kind: phantom }),
    { phantom: true, count: true, height: true, width: true, seed: true, cup: true },
  ),
  folder: maker<FolderOptions, Promise<Dataset>>(
    (options: FolderOptions) => folderDataset({ ...options, classes: options.classes ?? twoClasses }),
    {
      ...masks,
      images: true,
      masks: true,
      classes: true,
      pair: true,
      group: true,
      scale: true,
      maskScaling: true,
      channels: true,
      split: true,
      cache: true,
      decoder: true,
      layout: true,
      orientation: true,
      channelAxis: true,
      maxBytes: true,
    },
  ),
  stack: maker<StackOptions, Promise<Dataset>>(
    (options: StackOptions) => stackDataset({ ...options, classes: options.classes ?? twoClasses }),
    {
      ...masks,
      images: true,
      masks: true,
      classes: true,
      split: true,
      channelAxis: true,
      maxBytes: true,
    },
  ),
  'rim-one': maker<RimOneOptions, Promise<Dataset>>(rimOneDataset, {
    root: true,
    eye: true,
    scale: true,
    maskThreshold: true,
    structure: true,
    annotator: true,
    decoder: true,
  }),
  nnunet: maker<NnunetOptions, Promise<Dataset>>(nnunetDataset, {
    root: true,
    fold: true,
    decoder: true,
    maxBytes: true,
  }),
  coco: maker<CocoOptions, Promise<Dataset>>(cocoDataset, {
    images: true,
    annotations: true,
    categories: true,
    background: true,
    decoder: true,
    maxBytes: true,
  }),
};

const unetOptions: Readonly<Record<keyof UnetOptions, true>> = {
  inputChannels: true,
  classes: true,
  baseChannels: true,
  depth: true,
  padding: true,
  up: true,
  join: true,
  norm: true,
  groups: true,
  momentum: true,
  dropout: true,
  initializer: true,
};

const adamOptions = {
  learningRate: true,
  beta1: true,
  beta2: true,
  epsilon: true,
  weightDecay: true,
} as const;

const optimizers: StudyRegistry['optimizers'] = {
  adam: maker<OptionsOf<typeof adam>, Optimizer>(adam, adamOptions),
  adamW: maker<OptionsOf<typeof adamW>, Optimizer>(adamW, adamOptions),
  sgd: maker<OptionsOf<typeof sgd>, Optimizer>(sgd, {
    learningRate: true,
    momentum: true,
    nesterov: true,
    weightDecay: true,
  }),
  rmsprop: maker<OptionsOf<typeof rmsprop>, Optimizer>(rmsprop, {
    learningRate: true,
    decay: true,
    momentum: true,
    epsilon: true,
    weightDecay: true,
  }),
};

/** The transforms that a config can name; what their options mean is told in @segscape/augment. */
const transforms: StudyRegistry['transforms'] = {
  elastic: maker<augment.ElasticOptions, Transform>(augment.elastic, {
    ...resampling,
    alpha: true,
    sigma: true,
    filterMode: true,
    volume: true,
  }),
  elasticGrid: maker<augment.ElasticGridOptions, Transform>(augment.elasticGrid, {
    ...resampling,
    points: true,
    sigma: true,
  }),
  flip: maker<augment.FlipOptions, Transform>(augment.flip, {
    horizontal: true,
    vertical: true,
    depth: true,
  }),
  rotate90: maker<object, Transform>(augment.rotate90, {}),
  rotate: maker<OptionsOf<typeof augment.rotate>, Transform>(augment.rotate, {
    ...resampling,
    degrees: true,
  }),
  scale: maker<OptionsOf<typeof augment.scale>, Transform>(augment.scale, { ...resampling, factor: true }),
  translate: maker<OptionsOf<typeof augment.translate>, Transform>(augment.translate, {
    ...resampling,
    shift: true,
  }),
  affine: maker<augment.RandomAffineOptions, Transform>(augment.affine, {
    ...resampling,
    degrees: true,
    factor: true,
    shift: true,
    shear: true,
  }),
  brightness: maker<OptionsOf<typeof augment.brightness>, Transform>(augment.brightness, { delta: true }),
  contrast: maker<OptionsOf<typeof augment.contrast>, Transform>(augment.contrast, { factor: true }),
  gamma: maker<OptionsOf<typeof augment.gamma>, Transform>(augment.gamma, { exponent: true }),
  gaussianNoise: maker<OptionsOf<typeof augment.gaussianNoise>, Transform>(augment.gaussianNoise, {
    sigma: true,
  }),
  uniformNoise: maker<OptionsOf<typeof augment.uniformNoise>, Transform>(augment.uniformNoise, {
    bound: true,
  }),
  gaussianBlur: maker<OptionsOf<typeof augment.gaussianBlur>, Transform>(augment.gaussianBlur, {
    sigma: true,
    axes: true,
  }),
};

export const studyRegistry: StudyRegistry = {
  data,
  models: Object.fromEntries(
    ['unet', 'residualUnet', 'attentionUnet', 'nestedUnet'].map((name) => [
      name,
      maker<UnetOptions, Model>((options: UnetOptions) => modelFromConfig({ ...options, name }), unetOptions),
    ]),
  ),
  losses: {},
  optimizers,
  transforms,
};

/** What is wrong with a kind that a registry does not have. */
export function unknownKind(
  makers: Readonly<Record<string, unknown>>,
  what: string,
  kind: string,
): string | undefined {
  if (Object.hasOwn(makers, kind)) return undefined;
  const known = Object.keys(makers);
  const meant = nearestWord(kind, known);
  return `${what} '${kind}' is not known. ${meant ? `Did you mean '${meant}'? ` : ''}Known: ${known.join(', ')}.`;
}

/** The entry of a registry, or an error that names the nearest one. */
export function entry<T>(makers: Readonly<Record<string, T>>, what: string, kind: string): T {
  const problem = unknownKind(makers, what, kind);
  if (problem === undefined) return makers[kind]!;
  throw new SegscapeError('BAD_CONFIG', `config: ${problem}`, { details: { what, kind } });
}

/** A loss by its config, from the user's own makers or from @segscape/losses. */
export function makeLoss(
  registry: StudyRegistry,
  { name, ...options }: Options & { readonly name: string },
): LossFn {
  if (Object.hasOwn(registry.losses, name)) return registry.losses[name]!(options);
  return lossFromConfig({ name, ...options });
}
