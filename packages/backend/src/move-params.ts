import { SegscapeError } from '@segscape/core';
import { Tensor, tensor } from '@tensorflow/tfjs-core';
import { withBackend } from './backends.js';
import type { BackendName } from './candidate.js';

/**
 * A copy of a record of tensors on a backend: by default on the current one. Values are read asynchronously, so that
 * those on WebGPU can be moved too.
 * @param params stay where they are.
 * @param name of a backend that is loaded. Default the current one.
 * @returns new tensors under the same names, in the same order; the caller disposes them, and still owns the old.
 * @throws {SegscapeError} `BAD_OPTION` for what is no tensor or has been disposed; `BACKEND_UNAVAILABLE` as `useBackend`.
 */
export async function moveParams<T extends Readonly<Record<string, Tensor>>>(
  params: T,
  name?: BackendName,
): Promise<{ [K in keyof T]: T[K] }> {
  const entries = Object.entries(params);
  for (const [key, value] of entries) {
    if (value instanceof Tensor && !value.isDisposed) continue;
    const what = value instanceof Tensor ? 'has been disposed' : 'is no tensor';
    throw new SegscapeError(
      'BAD_OPTION',
      `moveParams: params.${key} ${what}; expected a tensor that is still there.`,
    );
  }
  const values = await Promise.all(entries.map(async ([, value]) => (await value.data()).slice()));
  const copy = () =>
    Object.fromEntries(
      entries.map(([key, { shape, dtype }], i) => [key, tensor(values[i]!, shape, dtype)]),
    ) as { [K in keyof T]: T[K] };
  return name === undefined ? copy() : withBackend(name, copy);
}
