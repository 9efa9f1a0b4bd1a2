/**
 * Parameter records as tensors: to safetensors bytes, to host memory and back. Apart from the main entry, which needs
 * no TensorFlow.js.
 *
 *     import { decodeParams, encodeParams } from '@segscape/core/params';
 *
 *     const bytes = encodeParams(params); // safetensors, which any reader of the format opens
 *     const again = decodeParams(bytes);
 *
 * @module
 */
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { SegscapeError } from './errors.js';
import type { Params } from './parameter-record.js';
import type { PlainTensor } from './plain-tensor.js';
import { decodeTensors, encodeTensors } from './safetensors.js';

export type { Params };

const dtypeOf = (name: string, { dtype }: Tensor): PlainTensor['dtype'] => {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new SegscapeError(
    'BAD_OPTION',
    `encodeParams: '${name}' is ${dtype}; expected float32, int32 or bool.`,
  );
};

/**
 * Parameters as safetensors bytes; reads synchronously, so on WebGPU use `readParams` and `encodeTensors`.
 * @param params by name; float32, int32 or bool.
 * @returns the bytes of a file.
 * @throws {SegscapeError} `BAD_OPTION` for tensors of another type.
 */
export function encodeParams(params: Params): Uint8Array {
  const plain = Object.entries(params).map(
    ([name, value]) =>
      [name, { dtype: dtypeOf(name, value), shape: value.shape, data: value.dataSync() }] as const,
  );
  return encodeTensors(Object.fromEntries(plain));
}

/**
 * Host copies of all parameters, read without stalling a GPU.
 * @param params by name; float32, int32 or bool.
 * @returns plain data by the same names.
 * @throws {SegscapeError} `BAD_OPTION` for tensors of another type.
 */
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

/**
 * Tensors from host copies, on the current backend.
 * @param plain data by name, as `readParams` gives them.
 * @returns new tensors by the same names; the caller disposes them.
 */
export function toParams(plain: Readonly<Record<string, PlainTensor>>): Params {
  return Object.fromEntries(
    Object.entries(plain).map(([name, { data, shape, dtype }]) => [name, tensor(data, [...shape], dtype)]),
  );
}

export interface DecodeOptions {
  /** Told of each tensor of the file that TensorFlow.js has no type for; such tensors are left out. */
  readonly onPassedOver?: (name: string, why: string) => void;
}

/**
 * Parameters from safetensors bytes of any type, as float32, int32 or bool.
 * @param bytes of a file.
 * @param options `onPassedOver`, told of what is left out.
 * @returns new tensors by name; the caller disposes them.
 * @throws {SegscapeError} `CORRUPT_CHECKPOINT` when the bytes are truncated or not safetensors.
 */
export function decodeParams(bytes: Uint8Array | ArrayBuffer, { onPassedOver }: DecodeOptions = {}): Params {
  const { tensors, passedOver } = decodeTensors(bytes);
  for (const [name, why] of Object.entries(passedOver)) onPassedOver?.(name, why);
  return toParams(tensors);
}
