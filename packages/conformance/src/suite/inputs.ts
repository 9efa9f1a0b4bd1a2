import { type Rng, random } from '@segscape/core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';

/** A tensor in host memory: what every backend is given. */
export interface HostTensor {
  /** Row-major; each a number that single precision holds exactly. */
  readonly data: readonly number[];
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

function drawn(label: string, shape: readonly number[], draw: (rng: Rng) => number): HostTensor {
  const rng = random(2026).fork(label);
  // The double-precision reference has no single-precision arrays to round by.
  const data = Array.from({ length: sizeOf(shape) }, () => Math.fround(draw(rng)));
  return { data, shape, dtype: 'float32' };
}

/** Normal deviates; the label is their seed. */
export const normals = (label: string, shape: readonly number[], scale = 1, centre = 0): HostTensor =>
  drawn(label, shape, (rng) => centre + scale * rng.normal());

/** Uniform deviates in [low, high); the label is their seed. */
export const uniforms = (label: string, shape: readonly number[], low = 0, high = 1): HostTensor =>
  drawn(label, shape, (rng) => low + (high - low) * rng.uniform());

/** Integers in [low, high); the label is their seed. */
export const integers = (label: string, shape: readonly number[], low: number, high: number): HostTensor => ({
  ...drawn(label, shape, (rng) => rng.integer(low, high)),
  dtype: 'int32',
});

/** Truth values; the label is their seed. */
export const truths = (label: string, shape: readonly number[]): HostTensor => ({
  ...drawn(label, shape, (rng) => rng.integer(0, 2)),
  dtype: 'bool',
});

/** Given numbers. */
export const given = (
  data: ArrayLike<number>,
  shape: readonly number[] = [data.length],
  dtype: HostTensor['dtype'] = 'float32',
): HostTensor => ({ data: Array.from(data, Math.fround), shape, dtype });

/** The tensor on the current backend; the caller disposes it. */
export const toTensor = ({ data, shape, dtype }: HostTensor): Tensor =>
  tensor(data as number[], [...shape], dtype);
