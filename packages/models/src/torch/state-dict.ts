import { assertKnown, assertOption, type Params, SegscapeError, sameShape } from '@segscape/core';
import { clone, sub, type Tensor, tidy, transpose, zeros } from '@tensorflow/tfjs-core';
import type { Model } from '../model.js';
import { assertBiases, assertOurs, convolutionBiases, layoutProblem } from './checks.js';
import { stepsOf, type TorchLayout, type TorchLayoutName, torchName } from './layout.js';
import { layoutOf, torchLayouts } from './public-layouts.js';
import { isCounter, ofModule, unwrapped } from './wrappers.js';

export interface TorchOptions {
  /**
   * Name of a parameter in the state dict, from its name here; or pairs of both. Default: of a network that is known by
   * its names (nnU-Net's, MONAI's BasicUNet and DynUNet, milesial's Pytorch-UNet, the original study's CleanU_Net) those; else the words of PyTorch,
   * `encoder.0.conv.0.kernel` → `encoder.0.conv.0.weight`, `….norm.0.scale` → `….norm.0.weight`, `….offset` → `….bias`,
   * `….mean` → `….running_mean`, `….variance` → `….running_var`.
   */
  readonly mapping?: ((name: string) => string) | Readonly<Record<string, string>>;
  /** Name the tensors as this public network does. Default: as the state dict's names tell; `toTorch`: PyTorch's words for ours. */
  readonly layout?: TorchLayoutName;
  /**
   * What stands before the network's names in a module that holds it, as `'model.'` in a checkpoint of Lightning; what does not begin so is
   * passed over. `toTorch` puts it before them. Default nothing.
   */
  readonly prefix?: string;
}

/** Names of `TorchOptions`. */
export const torchOptions = ['mapping', 'layout', 'prefix'] as const;

export interface FromTorchOptions extends TorchOptions {
  /** Refuse tensors that no parameter asks for, as `load_state_dict` does; counters of batches never matter. Default true. */
  readonly strict?: boolean;
}

/** Our names to theirs, by what the caller says or the layout. */
export const namer = (
  { mapping }: TorchOptions,
  model: Model,
  layout?: TorchLayout,
): ((name: string) => string) => {
  if (typeof mapping === 'function') return mapping;
  const steps = stepsOf(model);
  const plain = (name: string) => layout?.nameOf(name, steps) ?? torchName(name);
  return (name) => (mapping && Object.hasOwn(mapping, name) ? mapping[name]! : plain(name));
};

/** The layout of a name, or `BAD_OPTION`. */
function layoutNamed(where: string, key: TorchLayoutName | undefined): TorchLayout | undefined {
  const known = torchLayouts.map((layout) => layout.key);
  assertOption(
    key === undefined || known.includes(key),
    where,
    'layout',
    key,
    `be one of ${known.join(', ')}`,
  );
  return torchLayouts.find((layout) => layout.key === key);
}

/** Axes of ours in the order of PyTorch's: channels to the front, the kernel's spatial axes behind. */
const toTorchAxes = (rank: number) => [rank - 1, rank - 2, ...Array.from({ length: rank - 2 }, (_, i) => i)];
const fromTorchAxes = (rank: number) => [...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1, 0];

/** One of our parameters with the tensor it is made of. */
interface Source {
  readonly name: string;
  /** Absent for what the network has none of, which is 0. */
  readonly value?: Tensor;
  readonly shape: readonly number[];
  /** Bias of a convolution whose batch normalisation this is the mean of: it only moves that. */
  readonly bias?: Tensor;
}

function found(
  stateDict: Params,
  model: Model,
  nameOf: (name: string) => string,
  layout: TorchLayout | undefined,
): Source[] {
  const biases = convolutionBiases(stateDict, model, nameOf);
  return Object.entries(model.shapes).map(([name, shape]) => {
    const theirs = nameOf(name);
    const value = Object.hasOwn(stateDict, theirs) ? stateDict[theirs] : undefined;
    if (value === undefined && layout?.mayLack?.(name)) return { name, shape };
    const given =
      value && (shape.length > 1 ? fromTorchAxes(value.rank).map((a) => value.shape[a]!) : value.shape);
    if (value === undefined || !sameShape(given, shape))
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `fromTorch: ${model.name} needs '${theirs}' for '${name}' [${shape.join(', ')}, channels last]; ` +
          `${value === undefined ? `it is not among the ${Object.keys(stateDict).length} tensors given` : `it is [${value.shape.join(', ')}]`}. Give a mapping from our names to theirs.`,
        { details: { name, theirs, expected: shape, given: value?.shape } },
      );
    const bias = biases.get(name);
    return { name, value, shape, ...(bias && { bias: bias.value }) };
  });
}

function assertNothingLeft(
  stateDict: Params,
  used: ReadonlySet<string>,
  { name }: Model,
  layout: TorchLayout | undefined,
): void {
  const left = Object.keys(stateDict).filter(
    (key) => !used.has(key) && !isCounter(key) && !layout?.isSpare?.(key),
  );
  if (left.length === 0) return;
  const more = left.length > 3 ? ` and ${left.length - 3} more` : '';
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `fromTorch: ${name} has no place for '${left.slice(0, 3).join("', '")}'${more}, so another network made these weights. ` +
      'Make the network that fits, or give strict: false to leave them out.',
    { details: { left } },
  );
}

/**
 * Our parameters from a PyTorch state dict: kernels `[out, in, …]` (transposed ones `[in, out, …]`) are turned to
 * channels last. Biases of convolutions before batch normalisation, which have no parameter here, are taken off the running means;
 * counters (`num_batches_tracked`) are passed over.
 *
 * Without a mapping, `module.` of `DataParallel` and `_orig_mod.` of `torch.compile` are passed over; so is what a network of nnU-Net or
 * MONAI holds twice, and its logits of coarser levels, if the model has no `deepSupervision`.
 *
 * @param given tensors by name, as `decodeParams` reads a safetensors file and `readTorch` one of PyTorch's. They stay the caller's.
 * @param model whose parameters they become.
 * @param options their defaults stand with their types.
 * @returns parameters in the model's order; the caller disposes them.
 * @throws {SegscapeError} `SHAPE_MISMATCH` when one is missing, has another shape or is left over; `BAD_OPTION` when the weights
 * are of a known network that joins its channels in another order than the model, which shapes cannot tell, and for an option that there is not.
 */
export function fromTorch(given: Params, model: Model, options: FromTorchOptions = {}): Params {
  assertKnown('fromTorch', options, [...torchOptions, 'strict']);
  // Who gives a mapping has the names as they stand.
  const own = ofModule('fromTorch', given, options.prefix);
  const stateDict = options.mapping === undefined ? unwrapped(own) : own;
  const names = Object.keys(stateDict);
  const layout = layoutNamed('fromTorch', options.layout) ?? layoutOf(names);
  const problem = layoutProblem('fromTorch', model, layout);
  if (problem) throw problem;
  if (options.mapping === undefined) assertOurs(names, model);
  const nameOf = namer(options, model, layout);
  // Everything is checked before any tensor is made.
  const sources = found(stateDict, model, nameOf, layout);
  const biases = [...convolutionBiases(stateDict, model, nameOf).values()].map(({ theirs }) => theirs);
  assertBiases(model, biases);
  if (options.strict !== false)
    assertNothingLeft(
      stateDict,
      new Set([...Object.keys(model.shapes).map(nameOf), ...biases]),
      model,
      layout,
    );
  return tidy(() =>
    Object.fromEntries(
      sources.map(({ name, value, shape, bias }) => {
        if (value === undefined) return [name, zeros([...shape])];
        if (bias !== undefined) return [name, sub(value, bias)];
        return [name, value.rank > 1 ? transpose(value, fromTorchAxes(value.rank)) : clone(value)];
      }),
    ),
  );
}

/**
 * A PyTorch state dict from our parameters, with the names of a public network if `layout` says one; `encodeParams` writes it as
 * safetensors. `load_state_dict` takes it as it is: what nnU-Net's and MONAI's networks hold twice is there twice, and biases before
 * normalisation, which nnU-Net's have and ours need not, are 0. Their coarser logits are there with `deepSupervision: true`; a `DynUNet` needs
 * `trans_bias=True`.
 *
 * @param params ours, channels last.
 * @param model whose parameters they are.
 * @param options their defaults stand with their types.
 * @returns new tensors in PyTorch's layout, the caller disposes them.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for a parameter that is missing, of another shape, or without a name of its own there, and for a
 *   network that the layout's does not compute; `BAD_OPTION`, also for channels that it joins in another order.
 */
export function toTorch(params: Params, model: Model, options: TorchOptions = {}): Params {
  assertKnown('toTorch', options, torchOptions);
  const layout = layoutNamed('toTorch', options.layout);
  const problem = layoutProblem('toTorch', model, layout);
  if (problem) throw problem;
  const nameOf = namer(options, model, layout);
  const steps = stepsOf(model);
  const { prefix = '' } = options;
  return tidy(() => {
    const stateDict: Record<string, Tensor> = {};
    const put = (theirs: string, value: Tensor) => {
      if (Object.hasOwn(stateDict, prefix + theirs))
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `toTorch: two parameters of ${model.name} would be called '${theirs}'. ${layout ? `There is no place for both in ${layout.name}` : 'Give a mapping that keeps them apart'}.`,
          { details: { theirs } },
        );
      stateDict[prefix + theirs] = value;
      for (const copy of layout?.copiesOf?.(theirs, steps) ?? []) stateDict[prefix + copy] = clone(value);
    };
    for (const [name, shape] of Object.entries(model.shapes)) {
      const value = params[name];
      if (value === undefined || !sameShape(value.shape, shape))
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `toTorch: parameter '${name}' of ${model.name} ${value === undefined ? 'is missing' : `must be of shape [${shape.join(', ')}], got [${value.shape.join(', ')}]`}.`,
          { details: { name, expected: shape, given: value?.shape } },
        );
      const theirs = nameOf(name);
      put(theirs, value.rank > 1 ? transpose(value, toTorchAxes(value.rank)) : clone(value));
      const bias = name.replace(/(\.conv\.\d+)\.kernel$/, '$1.bias');
      if (layout?.biased && bias !== name && !Object.hasOwn(model.shapes, bias))
        put(nameOf(bias), zeros([shape.at(-1)!]));
    }
    return stateDict;
  });
}
