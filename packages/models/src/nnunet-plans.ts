import { SegscapeError } from '@segscape/core';
import { shown } from '@segscape/core/schema';
import type { DynamicUnetOptions } from './planned.js';

/** The parts of nnU-Net's `plans.json` that say what network a configuration has. */
export interface NnunetPlans {
  readonly configurations: Readonly<Record<string, NnunetConfiguration>>;
}

export interface NnunetConfiguration {
  readonly inherits_from?: string;
  /** Since nnU-Net 2.4. */
  readonly architecture?: {
    readonly network_class_name: string;
    readonly arch_kwargs: {
      readonly features_per_stage: readonly number[];
      readonly kernel_sizes: readonly (readonly number[])[];
      readonly strides: readonly (readonly number[])[];
      readonly n_conv_per_stage?: number | readonly number[];
      readonly n_blocks_per_stage?: number | readonly number[];
      readonly n_conv_per_stage_decoder?: number | readonly number[];
      /** Classes of PyTorch by name, and their arguments. */
      readonly norm_op?: string;
      readonly norm_op_kwargs?: { readonly eps?: number; readonly affine?: boolean } | null;
      readonly nonlin?: string;
      readonly nonlin_kwargs?: { readonly negative_slope?: number; readonly inplace?: boolean } | null;
      readonly nonlin_first?: boolean;
    };
  };
  readonly UNet_class_name?: string;
  readonly UNet_base_num_features?: number;
  readonly unet_max_num_features?: number;
  readonly n_conv_per_stage_encoder?: readonly number[];
  readonly n_conv_per_stage_decoder?: readonly number[];
  readonly pool_op_kernel_sizes?: readonly (readonly number[])[];
  readonly conv_kernel_sizes?: readonly (readonly number[])[];
}

/** What nnU-Net calls the networks that `dynamicUnet` computes. */
const encoders: Readonly<Record<string, 'plain' | 'residual'>> = {
  PlainConvUNet: 'plain',
  ResidualEncoderUNet: 'residual',
};

/**
 * Options of the `dynamicUnet` that nnU-Net planned, out of its `plans.json` of version 2 in either form: strides, kernels and channels as
 * they stand there, whatever rules they came from.
 *
 *     const model = dynamicUnet({ ...nnunetOptions(JSON.parse(plans), '3d_fullres'), inputChannels: 1, classes: 3, deepSupervision: true });
 *
 * @param plans the file, parsed.
 * @param configuration its name there, `'2d'` or `'3d_fullres'` for instance; what it inherits is found.
 * @returns plain JSON.
 * @throws {SegscapeError} `BAD_OPTION` for a configuration that the plans lack, or whose network is none of these: also by its
 *   normalisation and activation, which no shape of a weight would tell.
 * @see https://github.com/MIC-DKFZ/nnUNet
 */
export function nnunetOptions(plans: NnunetPlans, configuration: string): DynamicUnetOptions {
  const configurations: unknown = plans?.configurations;
  if (typeof configurations !== 'object' || configurations === null)
    throw wrong(
      `expected plans with 'configurations', got ${typeof plans === 'string' ? 'a text' : shown(plans)}`,
    );
  const found = inherited(plans, configuration);
  const { architecture } = found;
  const kwargs = architecture?.arch_kwargs;
  const name = (architecture?.network_class_name ?? found.UNet_class_name ?? '').split('.').at(-1)!;
  const encoder = encoders[name];
  if (encoder === undefined)
    throw wrong(
      `configuration '${configuration}' has the network '${name}', expected ${Object.keys(encoders).join(' or ')}`,
    );
  const {
    features_per_stage: channels,
    kernel_sizes: kernelSizes,
    strides,
    n_conv_per_stage: convolutions,
    n_blocks_per_stage: blocks,
    n_conv_per_stage_decoder: decoderConvolutions,
  } = kwargs ?? oldForm(found, encoder);
  const layers = kwargs && otherLayers(kwargs);
  if (layers)
    throw wrong(
      `configuration '${configuration}' has layers that dynamicUnet does not compute: ${shown(layers)}`,
    );
  if (![channels, kernelSizes, strides].every(Array.isArray))
    throw wrong(`configuration '${configuration}' lacks lists of features, kernels or strides`);
  return {
    encoder,
    strides,
    kernelSizes,
    channels,
    ...(encoder === 'plain' && convolutions !== undefined && { convolutions }),
    ...(encoder === 'residual' && blocks !== undefined && { blocks: [blocks].flat() as readonly number[] }),
    ...(decoderConvolutions !== undefined && { decoderConvolutions }),
  };
}

/** The layers of a network, where dynamicUnet does not compute such: weights would fit, and give wrong logits. */
function otherLayers(given: NonNullable<NnunetConfiguration['architecture']>['arch_kwargs']) {
  const { norm_op = 'InstanceNorm2d', nonlin = 'LeakyReLU', nonlin_first = false } = given;
  const { eps = 1e-5, affine = true } = given.norm_op_kwargs ?? {};
  const { negative_slope = 0.01 } = given.nonlin_kwargs ?? {};
  const others = { norm_op, eps, affine, nonlin, negative_slope, nonlin_first };
  const plain = eps === 1e-5 && affine && negative_slope === 0.01 && !nonlin_first;
  return plain && /InstanceNorm[23]d$/.test(norm_op) && /LeakyReLU$/.test(nonlin) ? undefined : others;
}

/** A configuration with what it takes from others. */
function inherited(
  { configurations }: NnunetPlans,
  name: string,
  below: readonly string[] = [],
): NnunetConfiguration {
  const own = Object.hasOwn(configurations, name) ? configurations[name] : undefined;
  if (own === undefined || below.includes(name))
    throw wrong(
      `there is no configuration '${name}', expected one of ${Object.keys(configurations).join(', ')}`,
    );
  const { inherits_from: from } = own;
  return from === undefined ? own : { ...inherited({ configurations }, from, [...below, name]), ...own };
}

/** Before 2.4 levels were described apart from the network. */
function oldForm(
  {
    UNet_base_num_features: base = 32,
    pool_op_kernel_sizes: strides,
    conv_kernel_sizes: kernels,
    ...rest
  }: NnunetConfiguration,
  encoder: 'plain' | 'residual',
) {
  if (strides === undefined || kernels === undefined)
    throw wrong('the configuration lacks pool_op_kernel_sizes or conv_kernel_sizes');
  const most = rest.unet_max_num_features ?? (strides[0]!.length === 2 ? 512 : 320);
  const encoded = rest.n_conv_per_stage_encoder;
  return {
    features_per_stage: strides.map((_, level) => Math.min(most, base * 2 ** level)),
    kernel_sizes: kernels,
    strides,
    n_conv_per_stage: encoder === 'plain' ? encoded : undefined,
    n_blocks_per_stage: encoder === 'residual' ? encoded : undefined,
    n_conv_per_stage_decoder: rest.n_conv_per_stage_decoder,
  };
}

const wrong = (what: string) =>
  new SegscapeError('BAD_OPTION', `nnunetOptions: ${what}. Give nnU-Net's own plans.json, version 2.`);
