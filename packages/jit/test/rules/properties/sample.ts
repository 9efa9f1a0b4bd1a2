import { registerGradients } from '@segscape/backend';
import { random } from '@segscape/core';
import { jit } from '@segscape/jit';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { trace } from '../../../src/trace/trace.js';
import '@segscape/testing';

registerGradients();

type Fn = (...inputs: Tensor[]) => Tensor | Tensor[];

/** One random call: a function, its arguments, and whether its gradients are to be compared too. */
export interface Sample {
  readonly label: string;
  readonly fn: Fn;
  readonly inputs: readonly Input[];
  /** What `fn` should give, where eager cannot run it: kernels that no function calls. */
  readonly eager?: Fn;
  /** How many of the first arguments have gradients; 0 by default. */
  readonly gradients?: number;
}

/** An argument by its description, so that a failing sample prints. */
export interface Input {
  readonly shape: number[];
  readonly seed: number;
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** Values, where a property needs certain ones; otherwise deviates rounded to 1/8, so that ties do occur. */
  readonly values?: readonly number[];
}

export const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

const seeds = fc.integer({ min: 1, max: 1_000_000 });

export const floats = (shape: number[]): fc.Arbitrary<Input> =>
  seeds.map((seed) => ({ shape, seed, dtype: 'float32' }));
export const integers = (shape: number[]): fc.Arbitrary<Input> =>
  seeds.map((seed) => ({ shape, seed, dtype: 'int32' }));
export const booleans = (shape: number[]): fc.Arbitrary<Input> =>
  seeds.map((seed) => ({ shape, seed, dtype: 'bool' }));

/** Numbers with NaN, the infinities, both zeros and large ones among them. */
export const oddFloats = (shape: number[]): fc.Arbitrary<Input> =>
  fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min: -24, max: 24 }).map((n) => n / 8) },
        {
          weight: 2,
          arbitrary: fc.constantFrom(
            Number.NaN,
            Number.POSITIVE_INFINITY,
            Number.NEGATIVE_INFINITY,
            -0,
            100,
            -100,
          ),
        },
      ),
      { minLength: sizeOf(shape), maxLength: sizeOf(shape) },
    )
    .map((values) => ({ shape, seed: 0, dtype: 'float32', values }));

export const shapes = (rank: { minLength: number; maxLength: number }, largest = 4) =>
  fc.array(fc.integer({ min: 1, max: largest }), rank);

/** Small images. */
export const planes = shapes({ minLength: 4, maxLength: 4 }, 3);
/** A place along an axis of `n`. */
export const within = (n: number) => fc.integer({ min: 0, max: n - 1 });
/** An integer from 1 on. */
export const side = (max: number) => fc.integer({ min: 1, max });

function tensorOf({ shape, seed, dtype, values }: Input): Tensor {
  if (values !== undefined) return tf.tensor([...values], shape, dtype);
  const rng = random(seed);
  const draw = {
    float32: () => Math.round(rng.normal() * 8) / 8,
    int32: () => rng.integer(-5, 6),
    bool: () => rng.integer(0, 2),
  };
  return tf.tensor(Array.from({ length: sizeOf(shape) }, draw[dtype]), shape, dtype);
}

/** Channels first from here on under jit: an exact convolution that changes nothing. */
export function first(x: Tensor): Tensor {
  if (x.rank !== 4 || x.dtype !== 'float32') return x;
  const channels = x.shape[3]!;
  return tf.conv2d(
    x as tf.Tensor4D,
    tf.reshape(tf.eye(channels), [1, 1, channels, channels]) as tf.Tensor4D,
    1,
    'valid',
  );
}

/** Kernels met by any sample so far. */
export const kernelsMet = new Set<string>();

const list = (value: Tensor | Tensor[]): Tensor[] => (Array.isArray(value) ? value : [value]);

/** Values, and gradients of a weighted sum of the first result. */
function whole({ fn, gradients = 0 }: Pick<Sample, 'fn' | 'gradients'>): (...xs: Tensor[]) => Tensor[] {
  return (...xs) => {
    const values = list(fn(...xs));
    if (gradients === 0) return values;
    const fixed = xs.slice(gradients);
    const weigh = (y: Tensor) => {
      const weights = tf.tensor(
        Float32Array.from({ length: y.size }, (_, i) => ((i * 7) % 13) / 8 - 0.75),
        y.shape,
      );
      return tf.sum(tf.mul(y, weights));
    };
    const slopes = tf.grads((...ys: Tensor[]) => weigh(list(fn(...ys, ...fixed))[0]!))(
      xs.slice(0, gradients),
    );
    return [...values, ...slopes];
  };
}

/** What single precision leaves of a few operations on the CPU, and on GPUs, whose functions are coarser. */
const tolerances = { cpu: { abs: 2e-6, rel: 1e-5 }, webgpu: { abs: 1e-4, rel: 1e-4 } };

/** Expects native results, gradients included, to be those of the cpu backend; gives the operations that a device left to the CPU. */
export async function expectEager(
  sample: Sample,
  device: keyof typeof tolerances = 'cpu',
): Promise<number | undefined> {
  const fn = whole(sample);
  const inputs = sample.inputs.map(tensorOf);
  const want = tf.tidy(() => (sample.eager ? list(sample.eager(...inputs)) : fn(...inputs)));
  for (const { kernel } of trace((xs) => fn(...xs), inputs).calls) kernelsMet.add(kernel);
  const native = jit((xs: Tensor[]) => fn(...xs), { executor: 'onnxruntime', threads: 1, device });
  const got = await native(inputs);
  expect(got.length).toBe(want.length);
  const { abs, rel } = tolerances[device];
  // Where large terms cancel, single precision leaves what it leaves of the largest.
  for (const [i, result] of got.entries()) {
    const largest = Math.max(1, ...Array.from(want[i]!.dataSync(), Math.abs).filter(Number.isFinite));
    expect(result.dtype, `type of result ${i}`).toBe(want[i]!.dtype);
    expect(result.shape, `shape of result ${i}`).toEqual(want[i]!.shape);
    expect(result, `result ${i}`).toBeAllclose(want[i]!, { abs: abs * largest, rel });
  }
  tf.dispose([got, want, inputs]);
  await native.dispose();
  return native.stats().cpuNodes;
}

/** A named source of samples. */
export type Property = readonly [name: string, samples: fc.Arbitrary<Sample>];
