/** Layers of a public network by a pattern of their names, and how far a network of ours has the same. */
interface ForeignPart {
  readonly names: RegExp;
  /** Whether a network of ours has such layers, weight for weight. */
  readonly same: boolean;
  /** Where they are here, or what is different. */
  readonly what: string;
}

/** A public network that no network of ours computes as a whole: its weights are refused, with what is alike and what is not. */
export interface ForeignNetwork {
  readonly name: string;
  recognises(names: readonly string[]): boolean;
  /** The first that fits a name is what is said of it. */
  readonly parts: readonly ForeignPart[];
  /** What to do instead. */
  readonly advice: string;
}

const exported =
  "Export it with torch.onnx.export and read it with onnxModel of '@segscape/models/onnx'; its weights are parameters there.";

/**
 * MONAI's `UNet`: nested `SkipConnection`s, `model.0`, `model.1.submodule`, `model.2`.
 * @see https://docs.monai.io/en/stable/networks.html#unet
 */
const monaiUnet: ForeignNetwork = {
  name: "MONAI's UNet",
  recognises: (names) =>
    names.some((name) => /^model\.0\.(conv\.)?(unit0\.)?conv\.weight$/.test(name)) &&
    names.some((name) => /^model\.1\.submodule\./.test(name)),
  parts: [
    {
      names: /\.adn\.A\.|\.act\./,
      same: false,
      what: 'a PReLU, whose slope is a parameter; our slopes are fixed',
    },
    {
      names: /\.residual\./,
      same: false,
      what: 'a strided convolution around the units; ours average, then mix with a 1×1 convolution',
    },
    {
      names: /(^|\.)(submodule\.)?2(\.0)?\.conv\.(weight|bias)$/,
      same: false,
      what: 'a 3×3 transposed convolution of the joined maps; ours is 2×2 and comes before they are joined',
    },
    {
      names: /\.unit[1-9]\d*\.(conv|adn\.N)\./,
      same: true,
      what: 'a 3×3 convolution of step 1 or its normalisation, as of encoder.L.conv.I of basicUnet or unet',
    },
    {
      names: /./,
      same: false,
      what: 'a convolution of step 2 where ours pool first, or a part of the last, transposed step, which has no second convolution here',
    },
  ],
  advice: `Train MONAI's BasicUNet, which basicUnet computes, or: ${exported}`,
};

/**
 * `Unet` of segmentation_models.pytorch with a ResNet-18 or -34 encoder.
 * @see https://github.com/qubvel-org/segmentation_models.pytorch
 */
const segmentationModelsUnet: ForeignNetwork = {
  name: "segmentation_models.pytorch's Unet with a ResNet encoder",
  recognises: (names) =>
    names.includes('encoder.layer1.0.conv1.weight') && names.includes('segmentation_head.0.weight'),
  parts: [
    {
      names: /^encoder\.(conv1|bn1)\./,
      same: false,
      what: 'a 7×7 convolution of step 2 with its normalisation; ours begin at the size of the images with 3×3',
    },
    {
      names: /^encoder\.layer\d\.\d+\.downsample\./,
      same: false,
      what: 'a 1×1 convolution of step 2 around a block; residualLevel averages, then mixes',
    },
    {
      names: /^encoder\.layer\d\.\d+\.(conv|bn)\d\./,
      same: true,
      what: "a convolution or normalisation of encoder.L.block.B of residualEncoderUnet({ norm: 'batch' })",
    },
    { names: /^encoder\./, same: false, what: 'not among the layers of a ResNet-18 or -34' },
    {
      names: /^decoder\.blocks\.\d+\.conv\d\.[01]\./,
      same: true,
      what: "decoder.S.conv.I or decoder.S.norm.I of unet({ norm: 'batch' }), which upsamples with weights where this repeats pixels",
    },
    { names: /^decoder\./, same: false, what: 'attention or a centre block, which ours do not have' },
    { names: /^segmentation_head\./, same: false, what: 'a 3×3 convolution to the logits; ours is 1×1' },
  ],
  advice: exported,
};

/**
 * milesial's Pytorch-UNet with `bilinear=True`: nothing to learn in its upsampling, and narrower steps.
 * @see https://github.com/milesial/Pytorch-UNet
 */
const bilinearPytorchUnet: ForeignNetwork = {
  name: "milesial's Pytorch-UNet with bilinear=True",
  recognises: (names) => names.includes('inc.double_conv.0.weight') && !names.includes('up1.up.weight'),
  parts: [
    {
      names: /^up\d\.conv\./,
      same: false,
      what: 'a convolution of maps that were interpolated with aligned corners, of half as many channels; ours interpolate by half pixels, and mix',
    },
    {
      names: /\.double_conv\./,
      same: true,
      what: "encoder.L.conv.I or encoder.L.norm.I of unet({ norm: 'batch' })",
    },
    { names: /^outc\./, same: true, what: 'head' },
    { names: /./, same: false, what: 'not among the layers that are known' },
  ],
  advice: `Train it with bilinear=False, which unet({ norm: 'batch', join: 'skip-first' }) computes, or: ${exported}`,
};

/**
 * MONAI's `DynUNet` with `res_block=True`.
 * @see https://docs.monai.io/en/stable/networks.html#dynunet
 */
const residualDynunet: ForeignNetwork = {
  name: "MONAI's DynUNet with residual blocks",
  recognises: (names) => names.includes('input_block.conv3.conv.weight'),
  parts: [
    {
      names: /(^|\.)(conv|norm)3\./,
      same: false,
      what: 'a strided 1×1 convolution around a block, or its normalisation; residual blocks of dynamicUnet average, then mix',
    },
    { names: /./, same: true, what: 'the layer of dynamicUnet that fromTorch maps without residual blocks' },
  ],
  advice: `Train it with res_block=False, which dynamicUnet computes, or: ${exported}`,
};

/** Public networks whose weights are known and do not fit. */
export const foreignNetworks: readonly ForeignNetwork[] = [
  monaiUnet,
  segmentationModelsUnet,
  bilinearPytorchUnet,
  residualDynunet,
];
