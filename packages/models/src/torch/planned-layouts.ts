import { isOfKind, type TorchLayout, torchName } from './layout.js';

/** A residual block's way around holds an average first where the block takes a step: the first of every level but the finest. */
const aroundIndex = (level: string, block: string) => (level !== '0' && block === '0' ? 1 : 0);

/** `PlainConvUNet` and `ResidualEncoderUNet` name alike what they share. */
const nnunetName = (name: string, steps: number): string =>
  torchName(name)
    .replace(/^head\./, `decoder.seg_layers.${steps - 1}.`)
    .replace(/^encoder\.stem\.(conv|norm)\.0\./, 'encoder.stem.convs.0.$1.')
    .replace(/^encoder\.(\d+)\.(conv|norm)\.(\d+)\./, 'encoder.stages.$1.0.convs.$3.$2.')
    .replace(
      /^encoder\.(\d+)\.block\.(\d+)\.(conv|norm)\.(\d)\./,
      (_, level, block, layer, index) =>
        `encoder.stages.${level}.blocks.${block}.conv${Number(index) + 1}.${layer}.`,
    )
    .replace(
      /^encoder\.(\d+)\.block\.(\d+)\.shortcut\.(norm\.)?/,
      (_, level, block, norm) =>
        `encoder.stages.${level}.blocks.${block}.skip.${aroundIndex(level, block)}.${norm ?? 'conv.'}`,
    )
    .replace(/^decoder\.(\d+)\.(conv|norm)\.(\d+)\./, 'decoder.stages.$1.convs.$3.$2.')
    .replace(/^decoder\.(\d+)\.up\./, 'decoder.transpconvs.$1.')
    .replace(/^decoder\.(\d+)\.head\./, 'decoder.seg_layers.$1.');

/** A unit's layers stand a second time in their sequence, and the decoder holds the encoder. */
function nnunetCopies(theirs: string): string[] {
  const sequence = theirs
    .replace(/\.conv\.(weight|bias)$/, '.all_modules.0.$1')
    .replace(/\.norm\.(\w+)$/, '.all_modules.1.$1');
  const own = sequence === theirs ? [theirs] : [theirs, sequence];
  const held = theirs.startsWith('encoder.') ? own.map((name) => `decoder.${name}`) : [];
  return [...own.slice(1), ...held];
}

const nnunet = {
  join: 'upsampled-first',
  nameOf: nnunetName,
  copiesOf: nnunetCopies,
  isSpare: (theirs: string) => /\.all_modules\.\d+\.|^decoder\.(encoder|seg_layers)\./.test(theirs),
  mayLack: (name: string) => /\.(up|shortcut)\.bias$/.test(name),
  biased: true,
} as const;

/**
 * nnU-Net's `PlainConvUNet`, its standard network.
 * @see https://github.com/MIC-DKFZ/dynamic-network-architectures
 */
const nnunetPlain: TorchLayout = {
  ...nnunet,
  key: 'nnunet',
  name: "nnU-Net's PlainConvUNet",
  make: 'dynamicUnet',
  fits: (model) => isOfKind(model, 'dynamicUnet') && Object.hasOwn(model.shapes, 'encoder.0.conv.0.kernel'),
  recognises: (names) => names.includes('encoder.stages.0.0.convs.0.conv.weight'),
};

/**
 * nnU-Net's `ResidualEncoderUNet`, of its ResEnc presets.
 * @see https://github.com/MIC-DKFZ/dynamic-network-architectures
 */
const nnunetResidual: TorchLayout = {
  ...nnunet,
  key: 'nnunet-residual',
  name: "nnU-Net's ResidualEncoderUNet",
  make: "dynamicUnet({ encoder: 'residual' }) or residualEncoderUnet",
  fits: (model) =>
    isOfKind(model, 'dynamicUnet', 'residualEncoderUnet') &&
    Object.hasOwn(model.shapes, 'encoder.0.block.0.conv.0.kernel'),
  recognises: (names) =>
    names.includes('encoder.stages.0.blocks.0.conv1.conv.weight') &&
    names.includes('decoder.stages.0.convs.0.conv.weight'),
};

/** Convolutions and normalisations of a block of DynUNet, counted from 1. */
const unitName = (rest: string): string =>
  rest
    .replace(/^conv\.(\d)\./, (_, index) => `conv${Number(index) + 1}.conv.`)
    .replace(/^norm\.(\d)\./, (_, index) => `norm${Number(index) + 1}.`);

function dynunetName(name: string, steps: number): string {
  const [, side, at = '', rest = ''] = /^(encoder|decoder)\.(\d+)\.(.*)$/.exec(torchName(name)) ?? [];
  if (side === undefined) return torchName(name).replace(/^head\./, 'output_block.conv.conv.');
  const level = Number(at);
  if (side === 'encoder') {
    if (level === 0) return `input_block.${unitName(rest)}`;
    return `${level === steps ? 'bottleneck' : `downsamples.${level - 1}`}.${unitName(rest)}`;
  }
  // Heads are counted from the finest level but one, steps from the deepest.
  if (rest.startsWith('head.'))
    return rest.replace('head.', `deep_supervision_heads.${steps - 2 - level}.conv.conv.`);
  if (rest.startsWith('up.')) return rest.replace('up.', `upsamples.${level}.transp_conv.conv.`);
  return `upsamples.${level}.conv_block.${unitName(rest)}`;
}

/** Every block stands a second time in the nested `skip_layers`. */
function dynunetCopies(theirs: string, steps: number): string[] {
  const nested = (level: number) => `skip_layers.${'next_layer.'.repeat(level)}`;
  const [, block, at, rest] =
    /^(input_block|downsamples|bottleneck|upsamples|deep_supervision_heads)(?:\.(\d+))?\.(.*)$/.exec(
      theirs,
    ) ?? [];
  if (block === 'input_block') return [`${nested(0)}downsample.${theirs.slice('input_block.'.length)}`];
  if (block === 'bottleneck') return [`${nested(steps)}${theirs.slice('bottleneck.'.length)}`];
  if (block === 'downsamples') return [`${nested(Number(at) + 1)}downsample.${rest}`];
  if (block === 'upsamples') return [`${nested(steps - 1 - Number(at))}upsample.${rest}`];
  return block === undefined ? [] : [`${nested(Number(at) + 1)}super_head.${rest}`];
}

/**
 * MONAI's `DynUNet` without residual blocks.
 * @see https://docs.monai.io/en/stable/networks.html#dynunet
 */
const dynunet: TorchLayout = {
  key: 'monai-dynunet',
  name: "MONAI's DynUNet",
  make: 'dynamicUnet',
  fits: (model) => isOfKind(model, 'dynamicUnet') && Object.hasOwn(model.shapes, 'encoder.0.conv.0.kernel'),
  join: 'upsampled-first',
  recognises: (names) =>
    names.includes('input_block.conv1.conv.weight') &&
    names.includes('output_block.conv.conv.weight') &&
    !names.includes('input_block.conv3.conv.weight'),
  nameOf: dynunetName,
  copiesOf: dynunetCopies,
  isSpare: (theirs) => /^(skip_layers|deep_supervision_heads)\./.test(theirs),
  mayLack: (name) => /\.up\.bias$/.test(name),
};

/** Networks with nnU-Net's outline. */
export const plannedLayouts: readonly TorchLayout[] = [nnunetPlain, nnunetResidual, dynunet];
