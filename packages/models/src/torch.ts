import { type Params, SegscapeError } from '@segscape/core';
import { clone, type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import type { Model } from './model.js';

export interface TorchOptions {
  /**
   * Name of a parameter in the state dict, from its name here; or pairs of both. Default: the words of PyTorch,
   * `encoder.0.conv.0.kernel` → `encoder.0.conv.0.weight`, `….norm.0.scale` → `….norm.0.weight`, `….offset` → `….bias`,
   * `….mean` → `….running_mean`, `….variance` → `….running_var`.
   */
  readonly mapping?: ((name: string) => string) | Readonly<Record<string, string>>;
}

/** The default naming, with PyTorch's words for the last part. */
export function torchName(name: string): string {
  const words: Readonly<Record<string, string>> = {
    kernel: 'weight',
    scale: 'weight',
    offset: 'bias',
    mean: 'running_mean',
    variance: 'running_var',
  };
  return name.replace(/[^.]+$/, (last) => words[last] ?? last);
}

const namer = ({ mapping }: TorchOptions): ((name: string) => string) => {
  if (typeof mapping === 'function') return mapping;
  return (name) => mapping?.[name] ?? torchName(name);
};

/** Axes of ours in the order of PyTorch's: channels to the front, the kernel's spatial axes behind. */
const toTorchAxes = (rank: number) => [rank - 1, rank - 2, ...Array.from({ length: rank - 2 }, (_, i) => i)];
const fromTorchAxes = (rank: number) => [...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1, 0];

/**
 * Our parameters from a PyTorch state dict: kernels `[out, in, …]` (transposed ones `[in, out, …]`) are turned to
 * channels last. Tensors of the dict that no parameter asks for, `num_batches_tracked` for instance, are passed over.
 *
 * @param stateDict tensors by name, as `decodeParams` reads a safetensors file. They stay the caller's.
 * @returns parameters in the model's order; the caller disposes them.
 * @throws {SegscapeError} `SHAPE_MISMATCH` when one is missing or has another shape; the message names it.
 */
export function fromTorch(stateDict: Params, model: Model, options: TorchOptions = {}): Params {
  const nameOf = namer(options);
  // Everything is checked before any tensor is made.
  const found = Object.entries(model.shapes).map(([name, shape]) => {
    const theirs = nameOf(name);
    const value = stateDict[theirs];
    const missing = value === undefined;
    const given = missing
      ? undefined
      : shape.length > 1
        ? fromTorchAxes(value.rank).map((a) => value.shape[a])
        : value.shape;
    if (missing || given?.join() !== shape.join())
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `fromTorch: ${model.name} needs '${theirs}' for '${name}' [${shape.join(', ')}, channels last]; ` +
          `${missing ? `it is not among the ${Object.keys(stateDict).length} tensors given` : `it is [${value.shape.join(', ')}]`}. Give a mapping from our names to theirs.`,
        { details: { name, theirs, expected: shape, given: value?.shape } },
      );
    return [name, value] as const;
  });
  return tidy(() =>
    Object.fromEntries(
      found.map(([name, value]) => [
        name,
        value.rank > 1 ? transpose(value, fromTorchAxes(value.rank)) : clone(value),
      ]),
    ),
  );
}

/**
 * A PyTorch state dict from our parameters; `encodeParams` writes it as safetensors.
 * @returns new tensors, the caller disposes them.
 */
export function toTorch(params: Params, model: Model, options: TorchOptions = {}): Params {
  const nameOf = namer(options);
  return tidy(() => {
    const stateDict: Record<string, Tensor> = {};
    for (const name of Object.keys(model.shapes)) {
      const value = params[name];
      if (value === undefined)
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `toTorch: parameter '${name}' of ${model.name} is missing.`,
        );
      stateDict[nameOf(name)] = value.rank > 1 ? transpose(value, toTorchAxes(value.rank)) : clone(value);
    }
    return stateDict;
  });
}
