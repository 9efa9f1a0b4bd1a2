import { type Params, SegscapeError } from '@segscape/core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { weightOf } from './weight-of.js';

/** Where each parameter lies in a flat vector of weights. */
export interface WeightLayout {
  readonly entries: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly start: number;
    readonly size: number;
  }[];
  readonly length: number;
}

/** The layout of the float32 parameters that `keep` keeps, in their order. */
export function weightLayout(params: Params, keep: (name: string, w: Tensor) => boolean): WeightLayout {
  let length = 0;
  const entries = Object.entries(params)
    .filter(([name, w]) => w.dtype === 'float32' && keep(name, w))
    .map(([name, { shape, size }]) => {
      const entry = { name, shape: shape.slice(), start: length, size };
      length += size;
      return entry;
    });
  return { entries, length };
}

/**
 * Weights as a flat vector in host memory.
 * @param mismatch the error for a parameter of another shape, or of none. Without it, parameters that are not there are 0.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for one of another shape.
 */
export async function flatWeights(
  params: Params,
  { entries, length }: WeightLayout,
  mismatch?: (name: string, expected: readonly number[], got: readonly number[] | undefined) => Error,
): Promise<Float32Array> {
  const flat = new Float32Array(length);
  for (const { name, shape, start } of entries) {
    const w = weightOf(params, name);
    if (w === undefined && mismatch === undefined) continue;
    if (w?.shape.join() !== shape.join()) throw (mismatch ?? misshapen)(name, shape, w?.shape);
    flat.set((await w!.data()) as Float32Array, start);
  }
  return flat;
}

const misshapen = (name: string, expected: readonly number[], got: readonly number[] | undefined) =>
  new SegscapeError('SHAPE_MISMATCH', `'${name}' of a direction is [${got}], of the weights [${expected}].`);

/** New tensors of a flat vector; the caller disposes them. */
export function toWeights(flat: Float32Array | Float64Array, { entries }: WeightLayout): Params {
  return Object.fromEntries(
    entries.map(({ name, shape, start, size }) => [
      name,
      tensor(Float32Array.from(flat.subarray(start, start + size)), [...shape]),
    ]),
  );
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** a − b in double precision. */
export const difference = (a: Float32Array, b: Float32Array): Float64Array =>
  Float64Array.from(a, (value, i) => value - b[i]!);
