import { registerGradients } from '@segscape/backend';
import { isSegscapeError } from '@segscape/core';
import { jit } from '@segscape/jit';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { first, type Input, sizeOf } from '../properties/sample.js';

registerGradients();

export type Fn = (...inputs: Tensor[]) => Tensor | Tensor[];

/** A call that may be odd: of any type, of no elements, of a shape that TensorFlow.js refuses. */
export interface Odd {
  readonly label: string;
  readonly fn: Fn;
  readonly inputs: readonly Input[];
}

export type Type = Input['dtype'];

/** Sizes of ranks 0 to 6, ones and zeros among them. */
export const oddShapes = (minLength = 0, maxLength = 6): fc.Arbitrary<number[]> =>
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 2, max: 3 }) },
      { weight: 3, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.constant(0) },
    ),
    { minLength, maxLength },
  );

const numbers: Readonly<Record<Type, fc.Arbitrary<number>>> = {
  float32: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -24, max: 24 }).map((n) => n / 8) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0),
    },
  ),
  int32: fc.integer({ min: -5, max: 5 }),
  bool: fc.integer({ min: 0, max: 1 }),
};

export const types = fc.constantFrom<Type>('float32', 'int32', 'bool');

/** A tensor of a shape: of any type, or of one. */
export const tensors = (shape: number[], dtype: fc.Arbitrary<Type> = types): fc.Arbitrary<Input> =>
  dtype.chain((type) =>
    fc
      .array(numbers[type], { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
      .map((values) => ({ shape, seed: 0, dtype: type, values })),
  );

/** A tensor of finite numbers. */
export const finite = (shape: number[], dtype: fc.Arbitrary<Type> = types): fc.Arbitrary<Input> =>
  tensors(shape, dtype).map((input) => ({
    ...input,
    values: input.values!.map((n) => (Number.isFinite(n) ? n : 0.5)),
  }));

export const tensorOf = ({ shape, dtype, values }: Input): Tensor => tf.tensor([...values!], shape, dtype);

/** Under jit the same values with channels first, where a tensor has such a form and its values survive the way. */
function channelsFirst(x: Tensor, { shape, values }: Input): Tensor {
  if (
    shape.length !== 4 ||
    sizeOf(shape) === 0 ||
    !values!.every((n) => Number.isFinite(n) && !Object.is(n, -0))
  )
    return x;
  return tf.cast(first(tf.cast(x, 'float32')), x.dtype);
}

/** What came of a call: its results, or why there are none. */
type Outcome = { readonly results: readonly Result[] } | { readonly error: unknown };
interface Result {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

const described = (tensors: Tensor | Tensor[]): Result[] =>
  [tensors].flat().map((x) => ({ dtype: x.dtype, shape: x.shape, values: x.dataSync().slice(0, x.size) }));

async function outcome(run: () => Tensor | Tensor[] | Promise<Tensor | Tensor[]>): Promise<Outcome> {
  tf.engine().startScope();
  try {
    return { results: described(await run()) };
  } catch (error) {
    return { error };
  } finally {
    tf.engine().endScope();
  }
}

/** Differences of results, the first one in words. */
function difference(want: readonly Result[], got: readonly Result[]): string | undefined {
  if (want.length !== got.length) return `${got.length} results, not ${want.length}`;
  for (const [i, expected] of want.entries()) {
    const { dtype, shape, values } = got[i]!;
    if (dtype !== expected.dtype) return `result ${i} is ${dtype}, not ${expected.dtype}`;
    if (`${shape}` !== `${expected.shape}`) return `result ${i} is [${shape}], not [${expected.shape}]`;
    const right = Array.from(expected.values, Number);
    const largest = Math.max(1, ...right.map(Math.abs).filter(Number.isFinite));
    for (const [at, n] of right.entries()) {
      const m = Number(values[at]);
      const near = Math.abs(n - m) <= 2e-6 * largest + 1e-5 * Math.abs(n);
      if (!near && !Object.is(n + 0, m + 0)) return `result ${i}, element ${at} is ${m}, not ${n}`;
    }
  }
  return undefined;
}

/**
 * Runs eagerly and natively. Both give the same, or both throw, or native execution refuses by the name of a kernel.
 *
 * @returns what is wrong, and whether it was refused.
 */
export async function compared({ fn, inputs }: Odd): Promise<{ wrong?: string; refused?: string }> {
  const args = inputs.map(tensorOf);
  const native = jit((xs: Tensor[]) => fn(...xs.map((x, i) => channelsFirst(x, inputs[i]!))), {
    executor: 'onnxruntime',
    threads: 1,
  });
  // First, since eager execution changes arguments at times (tensorScatterUpdate on the cpu backend).
  const got = await outcome(() => native(args));
  const want = await outcome(() => fn(...args));
  tf.dispose(args);
  await native.dispose();
  if ('error' in got) {
    if ('error' in want) return {};
    const { error } = got;
    if (isSegscapeError(error) && typeof error.details.kernel === 'string') return { refused: error.message };
    return { wrong: `throws ${String(error)}` };
  }
  if ('error' in want) return { wrong: `gives a result where eager throws ${String(want.error)}` };
  const wrong = difference(want.results, got.results);
  return wrong === undefined ? {} : { wrong };
}
