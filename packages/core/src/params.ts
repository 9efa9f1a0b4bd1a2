import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { SegscapeError } from './errors.js';
import { decodeTensors, encodeTensors, type PlainTensor } from './safetensors.js';

/** A model's weights: `'encoder.0.conv.0.kernel'` → tensor; insertion order is the layer order. */
export type Params = Record<string, Tensor>;

const dtypeOf = (name: string, { dtype }: Tensor): PlainTensor['dtype'] => {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new SegscapeError(
    'BAD_OPTION',
    `encodeParams: '${name}' is ${dtype}; expected float32, int32 or bool.`,
  );
};

/** Parameters as safetensors bytes; reads synchronously, so on WebGPU use `readParams` and `encodeTensors`. */
export function encodeParams(params: Params): Uint8Array {
  const plain: Record<string, PlainTensor> = {};
  for (const [name, value] of Object.entries(params))
    plain[name] = { dtype: dtypeOf(name, value), shape: value.shape, data: value.dataSync() };
  return encodeTensors(plain);
}

/** Host copies of all parameters, read without stalling a GPU. */
export async function readParams(params: Params): Promise<Record<string, PlainTensor>> {
  const entries = await Promise.all(
    Object.entries(params).map(
      async ([name, value]) =>
        [
          name,
          { dtype: dtypeOf(name, value), shape: value.shape, data: (await value.data()).slice() },
        ] as const,
    ),
  );
  return Object.fromEntries(entries);
}

/** Tensors from host copies, on the current backend; the caller disposes them. */
export function toParams(plain: Readonly<Record<string, PlainTensor>>): Params {
  const params: Params = {};
  for (const [name, { data, shape, dtype }] of Object.entries(plain))
    params[name] = tensor(data, [...shape], dtype);
  return params;
}

/**
 * Parameters from safetensors bytes; the caller disposes them.
 * @throws {SegscapeError} `CORRUPT_CHECKPOINT` when the bytes are truncated or not safetensors.
 */
export function decodeParams(bytes: Uint8Array): Params {
  return toParams(decodeTensors(bytes).tensors);
}
