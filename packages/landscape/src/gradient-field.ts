import { type Params, SegscapeError } from '@segscape/core';
import { type JitOptions, jit } from '@segscape/jit';
import { add, dispose, mul, type Scalar, type Tensor, tensor, valueAndGrads } from '@tensorflow/tfjs-core';
import { type Batch, batchShares } from './objective.js';

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
  readonly signal?: AbortSignal;
}

interface StepArguments {
  readonly free: Params;
  readonly fixed: Params;
  readonly direction: Params;
  readonly offset: Scalar;
  readonly batch: Tensor;
}

interface StepResult {
  readonly value: Scalar;
  readonly gradient: Params;
}

/** The gradient as a function of a place on a ray from the weights, over flat vectors in host memory. */
export interface GradientField {
  readonly size: number;
  /** Euclidean length of the weights that count. */
  readonly length: number;
  /** Loss and gradient at weights + offset·direction. */
  at(direction: Float64Array | undefined, offset: number): Promise<{ value: number; gradient: Float64Array }>;
  toFlat(record: Params, where: string): Promise<Float64Array>;
  /** New tensors; the caller disposes them. */
  toRecord(flat: ArrayLike<number>): Params;
  dispose(): Promise<void>;
}

/** The pure step: loss and gradient at `free + offset·direction`. */
function step<B extends Batch>(loss: CurvatureProblem<B>['loss']) {
  return ({ free, fixed, direction, offset, batch }: StepArguments): StepResult => {
    const names = Object.keys(free);
    const moved = names.map((name) => add(free[name]!, mul(direction[name]!, offset)));
    const evaluate = (...values: Tensor[]) => {
      const params = { ...fixed };
      names.forEach((name, i) => {
        params[name] = values[i]!;
      });
      return loss(params, batch as unknown as B);
    };
    const { value, grads } = valueAndGrads(evaluate)(moved);
    return {
      value: value as Scalar,
      gradient: Object.fromEntries(names.map((name, i) => [name, grads[i]!])),
    };
  };
}

/** @throws {SegscapeError} `BAD_OPTION` when no parameter counts or there is no batch. */
export async function gradientField<B extends Batch>(
  where: string,
  problem: CurvatureProblem<B>,
): Promise<GradientField> {
  const { params, batches, isTrainable = () => true } = problem;
  const shares = batchShares(where, problem);
  const free: Params = {};
  const fixed: Params = {};
  for (const [name, w] of Object.entries(params))
    (w.dtype === 'float32' && isTrainable(name) ? free : fixed)[name] = w;
  let size = 0;
  const layout = Object.entries(free).map(([name, w]) => {
    const start = size;
    size += w.size;
    return { name, shape: w.shape.slice(), start, end: size };
  });
  if (size === 0)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: no parameter counts; isTrainable left out all ${Object.keys(params).length}.`,
    );

  const toFlat = async (record: Params, caller: string) => {
    const flat = new Float64Array(size);
    for (const { name, shape, start } of layout) {
      const value = record[name];
      if (value === undefined) continue; // a direction may leave parameters out
      if (value.shape.join() !== shape.join())
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `${caller}: expected '${name}' shaped [${shape}], got [${value.shape}].`,
        );
      flat.set(await value.data(), start);
    }
    return flat;
  };
  const toRecord = (flat: ArrayLike<number>): Params =>
    Object.fromEntries(
      layout.map(({ name, shape, start, end }) => [
        name,
        tensor(
          Float32Array.from({ length: end - start }, (_, i) => flat[start + i]!),
          shape,
        ),
      ]),
    );

  const run = jit(step(problem.loss), problem.jit);
  const still = new Float64Array(size);
  const flat = await toFlat(free, where);
  return {
    size,
    length: Math.hypot(...(size < 1e4 ? flat : [Math.sqrt(flat.reduce((sum, w) => sum + w * w, 0))])),
    async at(direction, offset) {
      const ray = toRecord(direction ?? still);
      const gradient = new Float64Array(size);
      let value = 0;
      try {
        for (const [k, batch] of batches.entries()) {
          const result = await run({
            free,
            fixed,
            direction: ray,
            offset,
            batch: batch as unknown as Tensor,
          });
          try {
            value += shares[k]! * (await result.value.data())[0]!;
            for (const { name, start } of layout) {
              const part = await result.gradient[name]!.data();
              for (let i = 0; i < part.length; i++) gradient[start + i]! += shares[k]! * part[i]!;
            }
          } finally {
            dispose([result.value, result.gradient] as unknown as Tensor[]);
          }
        }
      } finally {
        dispose(ray);
      }
      return { value, gradient };
    },
    toFlat,
    toRecord,
    dispose: () => run.dispose(),
  };
}
