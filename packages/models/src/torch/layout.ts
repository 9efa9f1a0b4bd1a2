import type { Model } from '../model.js';
import type { Join } from '../options.js';

/** The public networks whose names are known, for `toTorch(…, { layout })`. */
export type TorchLayoutName =
  | 'pytorch-unet'
  | 'clean-unet'
  | 'monai-basic-unet'
  | 'monai-dynunet'
  | 'nnunet'
  | 'nnunet-residual';

/** How a public PyTorch U-Net names its tensors, and what shapes alone do not tell of it. */
export interface TorchLayout {
  readonly key: TorchLayoutName;
  readonly name: string;
  /** The function of ours that makes it, for messages. */
  readonly make: string;
  /** Whether a model is of this kind, whatever its sizes. */
  fits(model: Model): boolean;
  /** Order of the channels in its expanding steps. */
  readonly join: Join;
  /** Whether a state dict with these names is of this network. */
  recognises(names: readonly string[]): boolean;
  /** Its name for one of our parameters; `steps` is the number of expanding steps. */
  nameOf(name: string, steps: number): string;
  /** Further names of the tensor of a name: PyTorch lists a module by every way that leads to it. */
  copiesOf?(theirs: string, steps: number): readonly string[];
  /** Whether nothing is lost where no parameter asks for a tensor: a copy, or logits that only deep supervision needs. */
  isSpare?(theirs: string): boolean;
  /** Whether a parameter of ours may be missing there, and is 0 then. */
  mayLack?(name: string): boolean;
  /** Whether its convolutions have biases where a normalisation follows. */
  readonly biased?: boolean;
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

/** Number of expanding steps. */
export const stepsOf = ({ shapes }: Model): number =>
  Object.keys(shapes).filter((name) => /^decoder\.\d+\.up\.kernel$/.test(name)).length;

const kinds = [
  'unet',
  'unet3d',
  'residualUnet',
  'attentionUnet',
  'nestedUnet',
  'basicUnet',
  'dynamicUnet',
  'residualEncoderUnet',
];

/** Whether a model is of one of these kinds of ours, or of a kind of one's own: shapes do not tell pooling from strides. */
export const isOfKind = ({ name }: Model, ...own: readonly string[]): boolean =>
  own.includes(name) || !kinds.includes(name);
