import { isOfKind, type TorchLayout, torchName } from './layout.js';
import { plannedLayouts } from './planned-layouts.js';

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
  make: 'unet',
  fits: (model) => isOfKind(model, 'unet'),
  join: 'skip-first',
  recognises: (names) => names.includes('inc.double_conv.0.weight') && names.includes('up1.up.weight'),
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
  make: 'unet',
  fits: (model) => isOfKind(model, 'unet'),
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
  make: 'basicUnet',
  fits: (model) => isOfKind(model, 'basicUnet'),
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
export const torchLayouts: readonly TorchLayout[] = [
  pytorchUnet,
  cleanUnet,
  monaiBasicUnet,
  ...plannedLayouts,
];

/** The known network that a state dict's names are of. */
export const layoutOf = (names: readonly string[]): TorchLayout | undefined =>
  torchLayouts.find((layout) => layout.recognises(names));
