import type { Join } from './options.js';

/** The public networks whose names are known, for `toTorch(…, { layout })`. */
export type TorchLayoutName = 'pytorch-unet' | 'clean-unet' | 'monai-basic-unet';

/** How a public PyTorch U-Net names its tensors, and what shapes alone do not tell of it. */
export interface TorchLayout {
  readonly key: TorchLayoutName;
  readonly name: string;
  /** The network of ours that computes it. */
  readonly model: 'unet' | 'basicUnet';
  /** Order of the channels in its expanding steps. */
  readonly join: Join;
  /** Whether a state dict with these names is of this network. */
  recognises(names: readonly string[]): boolean;
  /** Its name for one of our parameters. */
  nameOf(name: string): string;
}

const words: Readonly<Record<string, string>> = {
  kernel: 'weight',
  scale: 'weight',
  offset: 'bias',
  mean: 'running_mean',
  variance: 'running_var',
};

/** The name here, with PyTorch's words for the last part. */
export const torchName = (name: string): string => name.replace(/[^.]+$/, (last) => words[last] ?? last);

/** What one of our names says: `decoder.0.conv.1.kernel` → expanding step 0, second convolution. */
function read(name: string) {
  const [, side, at, layer, index] =
    /^(?:(encoder|decoder)\.(\d+)\.)?(?:(conv|norm|up|head))(?:\.(\d))?\./.exec(name) ?? [
      undefined,
      undefined,
      '0',
      'head',
      '0',
    ];
  return { side, at: Number(at), layer, index: Number(index), last: torchName(name).split('.').at(-1)! };
}

/**
 * `UNet` of milesial's Pytorch-UNet with transposed convolutions (`bilinear=False`).
 * @see https://github.com/milesial/Pytorch-UNet
 */
const pytorchUnet: TorchLayout = {
  key: 'pytorch-unet',
  name: "milesial's Pytorch-UNet",
  model: 'unet',
  join: 'skip-first',
  recognises: (names) => names.includes('inc.double_conv.0.weight') && names.includes('outc.conv.weight'),
  nameOf(name) {
    const { side, at, layer, index, last } = read(name);
    const unit = `double_conv.${3 * index + (layer === 'norm' ? 1 : 0)}`; // convolution, normalisation, ReLU, twice
    if (side === 'encoder' && at === 0) return `inc.${unit}.${last}`;
    if (side === 'encoder') return `down${at}.maxpool_conv.1.${unit}.${last}`;
    if (side === 'decoder')
      return layer === 'up' ? `up${at + 1}.up.${last}` : `up${at + 1}.conv.${unit}.${last}`;
    return `outc.conv.${last}`;
  },
};

/**
 * `CleanU_Net` of the original study and its sister project.
 * @see https://github.com/ugent-korea/pytorch-unet-segmentation
 */
const cleanUnet: TorchLayout = {
  key: 'clean-unet',
  name: "the original study's CleanU_Net",
  model: 'unet',
  join: 'upsampled-first',
  recognises: (names) => names.includes('Conv_down1.conv.conv.0.weight') && names.includes('Conv_out.weight'),
  nameOf(name) {
    const { side, at, layer, index, last } = read(name);
    const unit = `conv.conv.${2 * index}`; // convolution, ReLU, twice
    if (side === 'encoder') return `Conv_down${at + 1}.${unit}.${last}`;
    if (side === 'decoder')
      return layer === 'up' ? `Conv_up${at + 1}.up.${last}` : `Conv_up${at + 1}.${unit}.${last}`;
    return `Conv_out.${last}`;
  },
};

/**
 * MONAI's `BasicUNet` and `BasicUnet` with transposed convolutions.
 * @see https://docs.monai.io/en/stable/networks.html#basicunet
 */
const monaiBasicUnet: TorchLayout = {
  key: 'monai-basic-unet',
  name: "MONAI's BasicUNet",
  model: 'basicUnet',
  join: 'skip-first',
  recognises: (names) =>
    names.includes('conv_0.conv_0.conv.weight') && names.includes('upcat_1.convs.conv_0.conv.weight'),
  nameOf(name) {
    const { side, at, layer, index, last } = read(name);
    const unit = `conv_${index}.${layer === 'norm' ? 'adn.N' : 'conv'}`;
    if (side === 'encoder') return at === 0 ? `conv_0.${unit}.${last}` : `down_${at}.convs.${unit}.${last}`;
    if (side === 'decoder')
      return layer === 'up'
        ? `upcat_${4 - at}.upsample.deconv.${last}`
        : `upcat_${4 - at}.convs.${unit}.${last}`;
    return `final_conv.${last}`;
  },
};

/** The networks whose state dicts are known by their names. */
export const torchLayouts: readonly TorchLayout[] = [pytorchUnet, cleanUnet, monaiBasicUnet];

/** The known network that a state dict's names are of. */
export const layoutOf = (names: readonly string[]): TorchLayout | undefined =>
  torchLayouts.find((layout) => layout.recognises(names));
