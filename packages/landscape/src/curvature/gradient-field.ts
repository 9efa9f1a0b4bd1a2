import { slopesOf, valueAndSlopes } from '@segscape/backend/slopes';
import { assertOption, type Params, SegscapeError, throwIfAborted } from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import { add, addN, dispose, mul, type Scalar, sum, type Tensor } from '@tensorflow/tfjs-core';
import { assertWeights } from '../directions/assert-weights.js';
import { toWeights, type WeightLayout, weightLayout } from '../directions/flat-weights.js';
import { weightOf } from '../directions/weight-of.js';
import { type Batch, batchShares } from '../grids/objective.js';
import { oneNumber } from '../grids/one-number.js';

/** A loss at its weights: what curvature is the curvature of. */
export interface CurvatureProblem<B extends Batch = Batch> {
  /** One loss; pure and traceable, as an `Objective`. */
  readonly loss: (params: Params, batch: B) => Scalar;
  readonly params: Params;
  /** The loss is averaged over them. */
  readonly batches: readonly B[];
  /** Weight of each batch. Default: its number of samples. */
  readonly weights?: readonly number[];
  /** Parameters that count (`model.isTrainable`); the others stay. Default all. */
  readonly isTrainable?: (name: string) => boolean;
  /** Passed to `jit`. */
  readonly jit?: JitOptions;
  /** Stops before the next batch: a promise is rejected with `ABORTED`. */
  readonly signal?: AbortSignal;
}

interface Place {
  readonly free: Params;
  readonly fixed: Params;
  readonly direction: Params;
  readonly batch: Tensor;
}

interface StepArguments extends Place {
  readonly offset: Scalar;
}

interface StepResult {
  readonly value: Scalar;
  readonly gradient: Params;
}

/** Euclidean length of a flat vector. */
export const lengthOf = (vector: Float64Array): number =>
  Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));

/** The gradient as a function of a place on a ray from the weights, over flat vectors in host memory. */
export interface GradientField {
  readonly size: number;
  readonly layout: WeightLayout;
  /** Euclidean length of the weights that count. */
  length(): Promise<number>;
  /** Loss and gradient at weights + offset·direction. */
  at(direction: Float64Array | undefined, offset: number): Promise<{ value: number; gradient: Float64Array }>;
  /** Gradient at the weights of each batch by itself, with its share in the mean. */
  each(): AsyncGenerator<{ readonly gradient: Float64Array; readonly share: number }>;
  /** Product of the Hessian with a vector, by differentiating twice. */
  product(vector: Float64Array): Promise<Float64Array>;
  /** Other batches of the same structure and shapes, with the same shares in the mean; borrowed until the next. */
  useBatches(batches: readonly object[]): void;
  /** Other weights of the same shapes as the place that all is measured at; borrowed until the next. */
  moveTo(params: Params): void;
  toFlat(record: Params, where: string): Promise<Float64Array>;
  /** New tensors; the caller disposes them. */
  toRecord(flat: Float64Array): Params;
  dispose(): Promise<void>;
}

/** The loss as a function of the parameters that count, in their order. */
const over =
  <B extends Batch>(loss: CurvatureProblem<B>['loss'], { free, fixed, batch }: Place) =>
  (...values: Tensor[]): Scalar => {
    const params = { ...fixed };
    Object.keys(free).forEach((name, i) => {
      params[name] = values[i]!;
    });
    return loss(params, batch as unknown as B);
  };

const named = (like: Params, values: readonly Tensor[]): Params =>
  Object.fromEntries(Object.keys(like).map((name, i) => [name, values[i]!]));

/** The pure step: loss and gradient at `free + offset·direction`. */
const slopeStep =
  <B extends Batch>(loss: CurvatureProblem<B>['loss']) =>
  (args: StepArguments): StepResult => {
    const { free, direction, offset } = args;
    const moved = Object.keys(free).map((name) => add(free[name]!, mul(direction[name]!, offset)));
    const { value, slopes } = valueAndSlopes(over(loss, args), moved);
    return { value, gradient: named(free, slopes) };
  };

/** The pure step: gradient of the slope along `direction`, which is the Hessian's product with it (Pearlmutter). */
const productStep =
  <B extends Batch>(loss: CurvatureProblem<B>['loss']) =>
  (args: Place): Params => {
    const { free, direction } = args;
    const along = (...values: Tensor[]): Scalar => {
      const slopes = slopesOf(over(loss, args), values);
      const terms = Object.keys(free).map((name, i) => sum(mul(slopes[i]!, direction[name]!)));
      return addN(terms) as Scalar;
    };
    return named(free, slopesOf(along, Object.values(free)));
  };

/** A record as a flat vector; a direction may leave parameters out. @throws {SegscapeError} `SHAPE_MISMATCH`. */
export async function flatVector(
  record: Params,
  { entries, length }: WeightLayout,
  where: string,
): Promise<Float64Array> {
  const flat = new Float64Array(length);
  for (const { name, shape, start } of entries) {
    const value = weightOf(record, name);
    if (value === undefined) continue;
    if (value.shape.join() !== shape.join())
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `${where}: expected '${name}' shaped [${shape}], got [${value.shape}].`,
      );
    flat.set(await value.data(), start);
  }
  return flat;
}

/** @throws {SegscapeError} `BAD_OPTION` when no parameter counts or there is no batch; later `SHAPE_MISMATCH` for a loss of many numbers. */
export async function gradientField<B extends Batch>(
  where: string,
  problem: CurvatureProblem<B>,
): Promise<GradientField> {
  const { params, isTrainable = () => true } = problem;
  assertWeights(where, 'params', params);
  const shares = batchShares(where, problem);
  let batches: readonly object[] = problem.batches;
  const counts = (name: string) => params[name]?.dtype === 'float32' && isTrainable(name);
  const split = (all: Params) => {
    const named = Object.entries(all);
    return {
      free: Object.fromEntries(named.filter(([name]) => counts(name))),
      fixed: Object.fromEntries(named.filter(([name]) => !counts(name))),
    };
  };
  let here = split(params);
  const layout = weightLayout(here.free, () => true);
  const size = layout.length;
  if (size === 0)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: no parameter counts; isTrainable left out all ${Object.keys(params).length}.`,
    );

  const toFlat = (record: Params, caller: string) => flatVector(record, layout, caller);
  const toRecord = (flat: Float64Array): Params => toWeights(flat, layout);

  const { compiled } = await import('../grids/compiled.js');
  assertOption(typeof problem.loss === 'function', where, 'loss', problem.loss, 'be a function');
  const loss = (weights: Params, batch: B) => oneNumber(where, 'loss', problem.loss(weights, batch));
  const slope = compiled(where, slopeStep(loss), problem.jit);
  const curve = compiled(where, productStep(loss), problem.jit);
  const still = new Float64Array(size);
  let length: Promise<number> | undefined;

  /** Adds a batch's share of a record to a flat vector. */
  const gather = async (record: Params, share: number, into: Float64Array) => {
    for (const { name, start } of layout.entries) {
      const part = await record[name]!.data();
      for (let i = 0; i < part.length; i++) into[start + i]! += share * part[i]!;
    }
  };
  /** Visits each batch with the ray as tensors. */
  const eachBatch = async (ray: Float64Array, visit: (place: Place, share: number) => Promise<void>) => {
    const direction = toRecord(ray);
    try {
      for (const [k, batch] of batches.entries()) {
        throwIfAborted(problem.signal, where);
        await visit({ ...here, direction, batch: batch as unknown as Tensor }, shares[k]!);
      }
    } finally {
      dispose(direction);
    }
  };

  return {
    size,
    length() {
      // Differences alone ask for it, and it takes all weights off the device.
      length ??= toFlat(here.free, where).then(lengthOf);
      return length;
    },
    async at(direction, offset) {
      const gradient = new Float64Array(size);
      let value = 0;
      await eachBatch(direction ?? still, async (place, share) => {
        const result = await slope({ ...place, offset });
        try {
          value += share * (await result.value.data())[0]!;
          await gather(result.gradient, share, gradient);
        } finally {
          dispose([result.value, result.gradient] as unknown as Tensor[]);
        }
      });
      return { value, gradient };
    },
    async *each() {
      for (const [k, batch] of batches.entries()) {
        throwIfAborted(problem.signal, where);
        const gradient = new Float64Array(size);
        const direction = toRecord(still);
        const result = await slope({ ...here, direction, batch: batch as unknown as Tensor, offset: 0 });
        try {
          await gather(result.gradient, 1, gradient);
        } finally {
          dispose([direction, result.value, result.gradient] as unknown as Tensor[]);
        }
        yield { gradient, share: shares[k]! };
      }
    },
    async product(vector) {
      const product = new Float64Array(size);
      await eachBatch(vector, async (place, share) => {
        const result = await curve(place);
        try {
          await gather(result, share, product);
        } finally {
          dispose(result);
        }
      });
      return product;
    },
    layout,
    useBatches(others) {
      batches = others;
    },
    moveTo(weights) {
      here = split(weights);
      length = undefined;
    },
    toFlat,
    toRecord,
    dispose: async () => {
      await slope.dispose();
      await curve.dispose();
    },
  };
}
