import type { Join } from './options.js';

/** How a public PyTorch U-Net names its tensors, and what shapes alone do not tell of it. */
export interface TorchLayout {
  readonly name: string;
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
  name: "milesial's Pytorch-UNet",
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
  name: "the original study's CleanU_Net",
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

/** The networks whose state dicts are known by their names. */
export const torchLayouts: readonly TorchLayout[] = [pytorchUnet, cleanUnet];
